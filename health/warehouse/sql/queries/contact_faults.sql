-- one row per customer, contact and fault of its details on one day, with the evidence (`more`: further customers with the same e-mail
-- address). A contact is current from active_from until the day before active_to; an e-mail address is plausible with one @, text before it,
-- and a dot in the text after it, without blanks
with people as (
    select
        contact_id, customer_id, name, role, is_primary, active_to, nullif(trim(phone), '') as phone,
        lower(nullif(trim(email), '')) as email,
        coalesce(active_to <= $as_of, false) as gone
    from contacts
    where coalesce(active_from <= $as_of, true)
),
present as (select * from people where not gone),
leavers as (
    select * from people where gone
    qualify row_number() over (partition by customer_id, role order by active_to desc, contact_id) = 1
),
last_leavers as (
    select * from leavers
    qualify row_number() over (partition by customer_id order by active_to desc, contact_id) = 1
),
staffed as (
    select customer_id, coalesce(bool_or(is_primary), false) as has_primary from present group by customer_id
),
shared as (
    select email, count(distinct customer_id) as customers, min(customer_id) as first_id, max(customer_id) as last_id
    from present
    where email is not null
    group by email
    having count(distinct customer_id) > 1
)

select
    customers.customer_id, 'no_contact' as fault, last_leavers.contact_id, last_leavers.name as contact,
    last_leavers.role, last_leavers.active_to as left_on, null as email, null as also_at, null::bigint as more
from customers
left join last_leavers using (customer_id)
anti join staffed using (customer_id)
union all
select customer_id, 'no_primary', null, null, null, null, null, null, null
from staffed
where not has_primary
union all
select customer_id, 'unreachable', contact_id, name, role, null, null, null, null
from present
where email is null and phone is null
union all
select customer_id, 'implausible', contact_id, name, role, null, email, null, null
from present
where email is not null and not regexp_full_match(email, '[^@\s]+@[^@\s.]+(\.[^@\s.]+)+')
union all
select leavers.customer_id, 'left', leavers.contact_id, leavers.name, leavers.role, leavers.active_to, null, null, null
from leavers
semi join staffed using (customer_id)
anti join present on present.customer_id = leavers.customer_id and present.role is not distinct from leavers.role
union all
select
    present.customer_id, 'shared', present.contact_id, present.name, present.role, null, present.email,
    coalesce(other.name, other.customer_id), shared.customers - 2
from present
inner join shared using (email)
inner join customers as other
    on other.customer_id = case when shared.first_id = present.customer_id then shared.last_id else shared.first_id end
order by customer_id, fault, contact_id;
