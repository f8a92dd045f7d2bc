-- one row a load and table it fed: what became of its rows
select load_id, table_name, read, accepted, refused, skipped, added, changed, unchanged
from load_tables
order by load_id, table_name;
