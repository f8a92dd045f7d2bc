-- one row per customer (of those given) and month end: status, band, health in hundredths, MRR in cents
select customer_id, as_of, status, band, health, mrr_cents
from history
where customer_id in (select unnest($customers::varchar[]));
