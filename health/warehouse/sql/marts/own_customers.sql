-- one row per customer of an owner; of everybody where no owner is named
select customer_id
from customers
where $owner::varchar is null or owner = $owner
order by customer_id;
