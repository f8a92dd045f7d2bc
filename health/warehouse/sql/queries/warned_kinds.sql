-- one row a table and kind of warning, commonest first, out of warned_told
select table_name, kind, count(*) as rows, count(distinct load_id) as loads, max(load_id) as newest_load
from warned_told
group by table_name, kind
order by rows desc, table_name, kind;
