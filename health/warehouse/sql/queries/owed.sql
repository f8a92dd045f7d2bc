-- one row per customer with an invoice open at the end of the day: what it then owed, in whole cents
select customer_id, sum((amount * 100)::bigint)::bigint as owed_cents
from invoices
where issued_on <= $as_of and (paid_on is null or paid_on > $as_of)
group by customer_id
order by customer_id;
