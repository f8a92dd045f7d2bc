-- one row per customer without a contract and requested day on or after the first purchase: the first purchase, and from when the customer
-- counts as lost: a usual gap after the last purchase, or after the last day of the periods invoiced by then
create or replace temp table purchases as
with bought as (
    select customer_id, issued_on as day, max(covers_until) filter (recurring) as covered_until
    from bills
    where amount > 0
    group by customer_id, issued_on
),
gaps as (
    select customer_id, day, day - lag(day) over (partition by customer_id order by day) as gap_days
    from bought
),
paced as (
    select customer_id, day, quantile_disc(gap_days, 0.5) over (partition by customer_id order by day rows unbounded preceding) as gap_days
    from gaps
),
latest as (
    select
        grid.customer_id, grid.as_of, grid.invoices_seen_to, min(bought.day) as first_on, max(bought.day) as last_on,
        greatest(max(bought.day), max(bought.covered_until)) as covered_until  -- greatest ignores nulls
    from bought
    inner join grid on grid.customer_id = bought.customer_id and bought.day <= grid.invoices_seen_to
    anti join known_lines on known_lines.customer_id = grid.customer_id and known_lines.as_of = grid.as_of
    group by grid.customer_id, grid.as_of, grid.invoices_seen_to
)
select
    latest.customer_id, latest.as_of, latest.first_on,
    latest.covered_until + greatest(180, 3 * coalesce(paced.gap_days, 0))::int as limit_on,
    -- days that the invoices do not reach are no silence: they put the limit off
    case when limit_on > latest.invoices_seen_to then limit_on + (latest.as_of - latest.invoices_seen_to)::int else limit_on end as silent_on
from latest inner join paced on paced.customer_id = latest.customer_id and paced.day = latest.last_on;
