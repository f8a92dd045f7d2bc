-- one row per complaint open at the end of the day: its limits, by hours for severities 1 to 4, and which of them it had broken by then
with raised as (
    select
        customer_id, complaint_id, coalesce(severity, 2) as severity, coalesce(theme, 'unsorted') as theme, opened_at,
        case when resolved_at::date <= $as_of then resolved_at end as solved_at,
        case when reopened_at::date <= $as_of then reopened_at end as reopened_at,
        case when first_response_at::date <= $as_of then first_response_at end as answered_at
    from complaints
    where opened_at::date <= $as_of
),
clocked as (
    select
        *, opened_at + to_hours($answer_hours[severity]::int) as answer_due_at,
        opened_at + to_hours($solution_hours[severity]::int) as solution_due_at
    from raised
    where solved_at is null or coalesce(solved_at <= reopened_at, false)
)
select
    customer_id, complaint_id, severity, theme, opened_at, reopened_at, answered_at, answer_due_at, solution_due_at,
    answer_due_at::date <= $as_of and not coalesce(answered_at <= answer_due_at, false) as answer_broken,
    solution_due_at::date <= $as_of as solution_broken
from clocked
order by customer_id, complaint_id;
