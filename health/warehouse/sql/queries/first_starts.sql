-- one row per customer with a contract: the first day of any of its lines, trials aside
select customer_id, min(start_on) as first_start_on
from stg_contracts
where not is_trial
group by customer_id
order by customer_id;
