-- one row per customer with an invoice open at the end of the day: what it then owed after its credit notes, in whole cents
select customer_id, greatest(sum(cents - case when payment_known_on <= $as_of then paid_cents else 0 end), 0)::bigint as owed_cents
from stg_invoices
where issued_on <= $as_of and (settled_on is null or settled_on > $as_of)
group by customer_id
order by customer_id;
