-- one row: the number of the next load; numbers of undone loads are not given again
select coalesce(max(load_id), 0) + 1 as load_id
from loads
