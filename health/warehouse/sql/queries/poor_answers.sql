-- one row per survey answer of at most 6 on 0 to 10 in the 30 days up to the day on which answers were last seen (grid), without human
-- contact on or after its day that is on file
with given as (
    select customer_id, survey_id, answered_on, as_of, least(greatest(score, lowest), highest) - lowest as above, highest - lowest as width
    from stg_surveys inner join grid using (customer_id)
    where poor and answered_on <= surveys_seen_to and answered_on > surveys_seen_to - 30
)
select customer_id, survey_id, answered_on, 10 * above::double / width::double as answer
from given
where not exists (
    select 1 from stg_interactions
    where stg_interactions.customer_id = given.customer_id and stg_interactions.human
        and stg_interactions.day between given.answered_on and given.as_of
)
order by customer_id, survey_id;
