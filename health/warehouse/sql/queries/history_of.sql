-- one row per customer (of these) and month end: where the customer stood, health in hundredths
select customer_id, as_of, status, band, health, mrr_cents
from history
where customer_id in (select unnest($customers::varchar[]));
