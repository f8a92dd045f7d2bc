-- one row a refused line and table of one load
select table_name, line, reasons, raw
from refused
where load_id = $load_id
order by line, table_name
