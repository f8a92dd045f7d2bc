-- one row per load in force and table that it feeds: whether it is an entry by hand, and the day up to which its rows are complete (null: not
-- declared)
select load_tables.table_name, loads.load_id, loads.origin = 'desk' as by_hand, loads.complete_through
from loads inner join load_tables using (load_id)
where loads.undone_at is null
order by load_tables.table_name, loads.load_id;
