-- one row per customer of an owner, or handed to it and neither done, taken back nor with a new owner since; without an owner, all customers
with latest as (
    select customer_id, kind, to_employee, to_role, of_owner
    from actions
    where kind in ('handed', 'reopened', 'done')
    qualify row_number() over (partition by customer_id order by action_id desc) = 1
)
select customers.customer_id
from customers
left join latest
    on latest.customer_id = customers.customer_id and latest.kind = 'handed' and latest.to_role = 'account_manager'
    and latest.of_owner is not distinct from customers.owner
where $owner::varchar is null or customers.owner = $owner or latest.to_employee = $owner
order by customers.customer_id;
