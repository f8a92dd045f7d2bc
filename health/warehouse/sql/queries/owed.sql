-- one row per customer in scope with an invoice open on the day up to which its invoices were seen (grid): what it then owed after its credit
-- notes, in whole cents
select
    customer_id,
    greatest(sum(cents - case when payment_known_on <= invoices_seen_to then paid_cents else 0 end), 0)::bigint as owed_cents
from stg_invoices inner join grid using (customer_id)
where issued_on <= invoices_seen_to and (settled_on is null or settled_on > invoices_seen_to)
group by customer_id
order by customer_id;
