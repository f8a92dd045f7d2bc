-- one row a flagged line and table of one load
select
    table_name,
    line,
    words
from warned
where load_id = $load_id
order by line, table_name
