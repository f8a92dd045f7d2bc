-- one row a customer on file, and the first day where it is known
select
    customer_id,
    customer_since
from customers
