-- one row per contact with a customer, every column as loaded, and: whether a person made it (`human`; a blank `automated` is a machine for
-- newsletters only), whether the customer took part, whether both hold (`two_way`), what it counts for in tenths of a conversation (`touch`;
-- contacts about a complaint count for nothing), whether our side began it (`outreach`), and whether that was an attempt that can be answered
select
    interactions.*,
    occurred_at::date as day,
    not coalesce(automated, channel = 'newsletter') as human,
    direction in ('in', 'both') or coalesce(outcome, 'unknown') = 'reached'
    or (channel in ('visit', 'video') and coalesce(outcome, 'unknown') <> 'no_reply') as took_part,
    human and took_part as two_way,
    case when coalesce(purpose, '') = 'complaint' then 0 when not human then 1 when took_part then 10 else 3 end as touch,
    human and direction in ('out', 'both') as outreach,
    outreach and coalesce(outcome, 'unknown') in ('reached', 'no_reply') as attempt,
    outreach and coalesce(outcome, 'unknown') = 'reached' as answered
from interactions;
