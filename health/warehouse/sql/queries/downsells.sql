-- one row per customer and stored month end at which it agrees on at least $percent percent less a month than a month end before, and is
-- still a customer on both; paused lines count as agreed, so that a pause is no fall
with months as (
    select
        customer_id, as_of, billed_cents, lag(billed_cents) over by_month as before_cents, lag(as_of) over by_month as before_on
    from history
    where status in ('active', 'paused') and billed_cents is not null
    window by_month as (partition by customer_id order by as_of)
)
select customer_id, as_of as fell_by, before_cents, billed_cents as after_cents
from months
where before_on = last_day(as_of - interval 1 month) and as_of <= $as_of
    and before_cents > 0 and 100 * (before_cents - billed_cents) >= $percent * before_cents
order by fell_by desc, customer_id;
