-- one row per stored month end up to a day: how many active customers have a contract
select as_of, count(*) as customers
from history
where status = 'active' and has_line and tenure_days is not null and as_of <= $to_day
group by as_of
order by as_of;
