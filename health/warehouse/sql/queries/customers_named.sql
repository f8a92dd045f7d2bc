-- one row per customer: name, attributes and owner
select
    customers.customer_id, customers.name, customers.tier, customers.segment, customers.region, customers.owner,
    min(employees.name) as owner_name
from customers
left join employees on employees.employee_id = customers.owner
group by all;
