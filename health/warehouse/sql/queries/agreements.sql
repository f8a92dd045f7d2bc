-- one row per customer, agreed end and day of signing: from when such a line runs
select customer_id, end_on as agreed_until, known_on as signed_on, min(start_on) as begun_on
from stg_contracts
where end_on is not null and not is_trial
group by all
order by all;
