-- one row per customer in scope and requested day: people who answered in 365 days, and the sum of their last answers in ten-thousandths of 0..10
create or replace temp table survey_facts as
with given as (
    select customer_id, coalesce(contact_id, '') as person, survey_id, answered_on, score, lowest, highest
    from stg_surveys semi join scope using (customer_id)
    where score is not null and answered_on is not null
),
scaled as (
    select
        customer_id, person, survey_id, answered_on,
        ((least(greatest(score, lowest), highest) - lowest) * 10000)::hugeint as above, ((highest - lowest) * 10000)::hugeint as width
    from given
    where lowest < highest
),
lasting as (
    select
        customer_id, answered_on as from_on, ((200000 * above + width) // (2 * width))::bigint as answer,
        least(answered_on + 365, lead(answered_on) over (partition by customer_id, person order by answered_on, survey_id)) as to_on
    from scaled
),
changes as (
    select customer_id, from_on as acts_on, 1 as people, answer from lasting where from_on < to_on
    union all select customer_id, to_on, -1, -answer from lasting where from_on < to_on
),
by_date as (
    select changes.customer_id, buckets.as_of, sum(changes.people) as people, sum(changes.answer) as answer
    from changes
    inner join buckets on buckets.day = greatest(changes.acts_on, $first_day::date)
        and buckets.clock = case when changes.acts_on > $surveys_through then 'surveys ' || changes.customer_id else '' end
    group by changes.customer_id, buckets.as_of
)
select
    grid.customer_id, grid.as_of,
    coalesce(sum(by_date.people) over so_far, 0)::bigint as answers_365,
    coalesce(sum(by_date.answer) over so_far, 0)::bigint as answers_sum
from grid left join by_date using (customer_id, as_of)
window so_far as (partition by grid.customer_id order by grid.as_of rows unbounded preceding);
