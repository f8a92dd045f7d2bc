-- one row a customer on file
select customer_id
from customers
