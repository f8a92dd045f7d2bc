-- one row per customer whose facts are requested: all, or the listed ones
create or replace temp table scope as
select customer_id
from customers
where $everyone or customer_id in (select unnest($customers));
