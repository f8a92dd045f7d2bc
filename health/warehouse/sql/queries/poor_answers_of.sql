-- one row per survey answer of at most 6 on 0 to 10 by one of these customers
select customer_id, answered_on
from stg_surveys
where poor and customer_id in (select unnest($customers::varchar[]));
