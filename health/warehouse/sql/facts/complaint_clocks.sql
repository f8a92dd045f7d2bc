-- one row per complaint in scope and state: until it was reopened, and as unresolved since then (valid_to: the first day on
-- which the state no longer applies); with both deadlines by severity, whether they were met, and the day from which its burden fades
create or replace temp table complaint_clocks as
with raised as (
    select
        *,
        opened_on - lag(opened_on) over (partition by customer_id, theme_or_unsorted order by opened_at, complaint_id) as days_since_same
    from stg_complaints semi join scope using (customer_id)
),
states as (
    select *, opened_on as valid_from, reopened_on as valid_to, resolved_at as solved_at
    from raised
    union all by name
    select * replace (first_response_at as answered_at), reopened_on as valid_from, null::date as valid_to, null::timestamp as solved_at
    from raised
    where reopened_on is not null
),
due as (
    select
        states.customer_id, complaint_id, severity_or_normal as severity, theme_or_unsorted as theme, opened_at, opened_on, valid_from, valid_to,
        answered_at, solved_at, limits.weight, theme_or_unsorted <> 'unsorted' and coalesce(days_since_same <= 180, false) as repeats,
        opened_at + to_hours(limits.response_hours) as answer_due_at, opened_at + to_hours(limits.resolution_hours) as solution_due_at
    from states inner join limits on limits.severity = states.severity_or_normal
)
select
    *,
    coalesce(answered_at <= answer_due_at, false) as answer_kept,
    coalesce(solved_at <= solution_due_at, false) as solution_kept,
    case when answer_kept then answered_at else answer_due_at end::date as answer_day,
    case when solution_kept then solved_at else solution_due_at end::date as solution_day,
    least(solved_at::date, opened_on + 180) as fades_from  -- least ignores nulls
from due;
