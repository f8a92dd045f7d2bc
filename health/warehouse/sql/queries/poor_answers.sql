-- one row per survey answer of at most 6 on 0 to 10 in the 30 days up to the day on which answers were last seen (grid), without human
-- contact on or after its day that is on file
with given as (
    select customer_id, survey_id, answered_on, score, as_of, lowest, highest
    from stg_surveys inner join grid using (customer_id)
    where answered_on <= surveys_seen_to and answered_on > surveys_seen_to - 30 and score is not null
),
scaled as (
    select
        customer_id, survey_id, answered_on, as_of, least(greatest(score, lowest), highest) - lowest as above, highest - lowest as width
    from given
    where lowest < highest
)
select customer_id, survey_id, answered_on, 10 * above::double / width::double as answer
from scaled
where 10 * above <= 6 * width
    and not exists (
        select 1 from stg_interactions
        where stg_interactions.customer_id = scaled.customer_id and stg_interactions.human
            and stg_interactions.day between scaled.answered_on and scaled.as_of
    )
order by customer_id, survey_id;
