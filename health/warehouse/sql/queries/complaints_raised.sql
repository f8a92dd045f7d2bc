-- one row per customer with complaints in the 365 days up to the day: their number
select customer_id, count(*) as raised_365
from complaints
where opened_at::date <= $as_of and opened_at::date > $as_of - 365
group by customer_id
order by customer_id;
