-- one row per day up to the last requested day: the first requested day on or after it
create or replace temp table buckets as
with span as (select min(as_of) as first_day, max(as_of) as last_day from dates),
days as (select unnest(generate_series(first_day, last_day, interval 1 day))::date as day from span)
select days.day, min(dates.as_of) as as_of
from days inner join dates on dates.as_of >= days.day
group by days.day;
