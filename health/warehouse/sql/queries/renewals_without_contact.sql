-- one row per customer (of those given) and stored month end at which the last day for notice was at most so many days ahead and the last
-- two-way contact longer ago than agreed
select customer_id, as_of
from history
where status = 'active' and days_to_notice between 0 and $days and days_since > cadence_days
    and customer_id in (select unnest($customers::varchar[]));
