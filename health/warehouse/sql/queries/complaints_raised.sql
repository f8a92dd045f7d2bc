-- one row per customer with complaints in the 365 days up to the day on which they were last seen (grid): their number
select customer_id, count(*) as raised_365
from complaints inner join grid using (customer_id)
where opened_at::date <= complaints_seen_to and opened_at::date > complaints_seen_to - 365
group by customer_id
order by customer_id;
