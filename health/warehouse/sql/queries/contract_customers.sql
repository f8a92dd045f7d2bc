-- one row per customer with a contract
select distinct customer_id
from contracts
order by customer_id;
