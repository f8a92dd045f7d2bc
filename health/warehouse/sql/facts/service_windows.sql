-- one row per window of service, from before the first complaint to long enough after the last: its start in UTC, its length, and the service
-- before it, in microseconds; around the clock is one window that never ends
create or replace temp table service_windows as
with days as (
    select unnest(generate_series(
        min(opened_at)::date - 1, (greatest(max(opened_at)::date, $until::date) + $days_ahead::int)::date, interval 1 day
    ))::date as day
    from complaints
),
windows as (
    select
        epoch_us(timezone('UTC', timezone($zone, day + to_minutes(opens_minute)))) as opens_us,
        epoch_us(timezone('UTC', timezone($zone, day + to_minutes(closes_minute)))) as closes_us
    from days
    inner join service_week on service_week.weekday = isodow(days.day)
    anti join holidays using (day)
)
select
    opens_us, closes_us - opens_us as length_us,
    coalesce(sum(closes_us - opens_us) over (order by opens_us rows between unbounded preceding and 1 preceding), 0)::bigint as before_us
from windows
where closes_us > opens_us
union all
select -100000000000000000, 1000000000000000000, 0
where not exists (from service_week);
