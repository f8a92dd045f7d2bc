-- one row per contact with a customer in scope: whether a human made it, and whether the customer took part
create or replace temp view touches as
select
    customer_id, interaction_id, contact_id, occurred_at::date as day, coalesce(purpose, '') = 'complaint' as about_complaint, direction,
    not coalesce(automated, channel = 'newsletter') as human,
    coalesce(outcome, 'unknown') as outcome,
    direction in ('in', 'both') or coalesce(outcome, 'unknown') = 'reached'
    or (channel in ('visit', 'video') and coalesce(outcome, 'unknown') <> 'no_reply') as took_part
from interactions semi join scope using (customer_id);
