-- one row per act of a person on one of these customers: a contact that a person made (a call in which the customer complains is none), the
-- first response to a complaint, and each record made by hand in the product
with acts as (
    select customer_id, occurred_at as acted_at
    from stg_interactions
    where human and not (direction = 'in' and coalesce(purpose, '') = 'complaint')
    union all
    select customer_id, first_response_at from complaints
    union all
    select customer_id, made_at from entries
    union all
    select customer_id, made_at from notes
    union all
    select customer_id, made_at from actions
    union all
    select customer_id, made_at from overrides
    union all
    select customer_id, made_at from renewal_forecasts
    union all
    select customer_id, made_at from play_moves
)
select customer_id, acted_at
from acts
where acted_at is not null and customer_id in (select unnest($customers::varchar[]));
