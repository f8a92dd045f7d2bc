-- one row per text about something that happened with a customer by a day: what it was, its day, and the text, words joined by blanks
with texts as (
    select customer_id, 'complaint' as what, opened_at::date as day, unnest([replace(theme, '_', ' '), comment]) as text
    from complaints
    union all
    select customer_id, 'contact', occurred_at::date, replace(comment, '_', ' ')
    from interactions
    union all
    select customer_id, 'survey answer', answered_on, replace(comment, '_', ' ')
    from surveys
    union all
    select customer_id, 'promise', promised_on, replace(comment, '_', ' ')
    from promises
    union all
    select customer_id, 'notice', announced_on, unnest([replace(reason, '_', ' '), competitor, comment])
    from exits
)
select customer_id, what, day, text
from texts
where text is not null and day <= $as_of;
