-- one row per customer scored on one of these stored month ends, with all its facts
select *
from history
where as_of in (select unnest($days::date[])) and status = 'active'
order by as_of, customer_id;
