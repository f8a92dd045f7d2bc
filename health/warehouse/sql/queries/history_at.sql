-- one row per customer (all, or the listed ones) on one stored day, with all its facts
select *
from stg_history
where as_of = $as_of and ($everyone or customer_id in (select unnest($customers::varchar[])))
order by customer_id;
