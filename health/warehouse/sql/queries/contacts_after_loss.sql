-- one row per lost customer (of lost_customers) with a contract and a two-way contact more than some days after its last day, up to a day
select
    lost_customers.customer_id, lost_customers.lost_on, count(*)::bigint as contacts, max(stg_interactions.day) as last_contact_on
from lost_customers
inner join stg_interactions
    on stg_interactions.customer_id = lost_customers.customer_id
    and stg_interactions.day > lost_customers.lost_on + $days::int and stg_interactions.day <= $as_of
where stg_interactions.two_way
    and lost_customers.customer_id in (select customer_id from stg_contracts where not is_trial)
group by lost_customers.customer_id, lost_customers.lost_on
order by lost_customers.customer_id;
