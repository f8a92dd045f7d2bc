-- one row per file in force and table that it feeds, with the day up to which its rows are complete (null: not declared)
select load_tables.table_name, loads.load_id, loads.complete_through
from loads inner join load_tables using (load_id)
where loads.undone_at is null and loads.origin <> 'desk'
order by load_tables.table_name, loads.load_id;
