-- one row per customer on each of these stored days, with all its facts
select *
from stg_history
where as_of in (select unnest($days::date[]))
order by as_of, customer_id;
