-- one row per customer on each of these stored month ends, with all its facts
select *
from history
where as_of in (select unnest($days::date[]))
order by as_of, customer_id;
