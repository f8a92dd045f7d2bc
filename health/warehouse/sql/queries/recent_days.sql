-- one row per day besides month ends on which scores are stored
select distinct as_of
from recent_days
order by as_of;
