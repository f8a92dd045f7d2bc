-- one row per customer whose facts are asked for: all, or the named ones
create or replace temp table scope as
select customer_id
from customers
where $everyone or customer_id in (select unnest($customers));
