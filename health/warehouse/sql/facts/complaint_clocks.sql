-- one row per complaint in scope and state: until it was reopened, and as unresolved since then (valid_to: the first day on
-- which the state no longer applies); with both deadlines by severity, whether they were met or missed, and the day from which its burden fades.
-- Deadlines count hours of service between instants (*_us: microseconds in UTC; started_us: service before the complaint); a clock whose end is
-- earlier than the complaint is unknown: no deadline, neither met nor missed
create or replace temp table complaint_clocks as
with raised as (
    select
        *,
        opened_on - lag(opened_on) over (partition by customer_id, theme_or_unsorted order by opened_at, complaint_id) as days_since_same,
        epoch_us(coalesce(opened_at_utc, if($zone = 'UTC', opened_at, timezone('UTC', timezone($zone, opened_at))))) as opened_us,
        epoch_us(
            coalesce(first_response_at_utc, if($zone = 'UTC', first_response_at, timezone('UTC', timezone($zone, first_response_at))))
        ) as response_us,
        epoch_us(coalesce(resolved_at_utc, if($zone = 'UTC', resolved_at, timezone('UTC', timezone($zone, resolved_at))))) as resolved_us
    from stg_complaints semi join scope using (customer_id)
),
states as (
    select
        *, opened_on as valid_from, reopened_on as valid_to, resolved_at as solved_at, least(response_us, resolved_us) as answered_us,
        resolved_us as solved_us
    from raised
    union all by name
    select
        * replace (first_response_at as answered_at), reopened_on as valid_from, null::date as valid_to, null::timestamp as solved_at,
        response_us as answered_us, null::bigint as solved_us
    from raised
    where reopened_on is not null
),
limited as (
    select
        states.customer_id, complaint_id, severity_or_normal as severity, theme_or_unsorted as theme, opened_at, opened_on, valid_from, valid_to,
        answered_at, solved_at, opened_us, answered_us, solved_us, limits.weight,
        theme_or_unsorted <> 'unsorted' and coalesce(days_since_same <= 180, false) as repeats,
        3600000000 * limits.response_hours as answer_limit_us, 3600000000 * limits.resolution_hours as solution_limit_us,
        coalesce(answered_us < opened_us, false) as answer_unknown, coalesce(solved_us < opened_us, false) as solution_unknown
    from states inner join limits on limits.severity = states.severity_or_normal
),
started as (
    select limited.*, coalesce(before_us + least(opened_us - opens_us, length_us), 0) as started_us
    from limited asof left join service_windows on limited.opened_us >= service_windows.opens_us
),
answer_due as (
    select started.*, if(answer_unknown, null, opens_us + started_us + answer_limit_us - before_us) as answer_due_us
    from started asof left join service_windows on started.started_us + started.answer_limit_us > service_windows.before_us
),
due as (
    select answer_due.*, if(solution_unknown, null, opens_us + started_us + solution_limit_us - before_us) as solution_due_us
    from answer_due asof left join service_windows on answer_due.started_us + answer_due.solution_limit_us > service_windows.before_us
)
select
    *,
    timezone($zone, timezone('UTC', make_timestamp(answer_due_us))) as answer_due_at,
    timezone($zone, timezone('UTC', make_timestamp(solution_due_us))) as solution_due_at,
    coalesce(answered_us <= answer_due_us, false) as answer_kept,
    coalesce(solved_us <= solution_due_us, false) as solution_kept,
    not answer_unknown and not answer_kept as answer_broken,
    not solution_unknown and not solution_kept as solution_broken,
    case when answer_kept then answered_at else answer_due_at end::date as answer_day,  -- null where the clock is unknown
    case when solution_kept then solved_at else solution_due_at end::date as solution_day,
    greatest(opened_on, least(solved_at::date, opened_on + 180)) as fades_from  -- least ignores nulls
from due;
