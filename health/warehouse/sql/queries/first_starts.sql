-- one row per customer with a contract: the first day of any of its lines
select customer_id, min(start_on) as first_start_on
from contracts
group by customer_id
order by customer_id;
