-- one row per customer on each of these stored days: what segments are made of, in hundredths, cents and days
select customer_id, as_of, status, band, health, mrr_cents, margin_cents, tenure_days
from stg_history
where as_of in (select unnest($days::date[]))
order by as_of, customer_id;
