-- one row: over customers known by the day to have left by then, what they owed on their last day and how much of it was given up, in whole cents
with gone as (
    select customer_id, coalesce(left_on, announced_on) as left_on, sum((written_off * 100)::bigint) as cents
    from exits
    where announced_on <= $as_of and coalesce(left_on, announced_on) <= $as_of
    group by all
),
owing as (
    select
        gone.customer_id, gone.left_on,
        greatest(sum(bills.cents - case when bills.payment_known_on <= gone.left_on then bills.paid_cents else 0 end), 0) as cents
    from gone
    inner join stg_invoices as bills
        on bills.customer_id = gone.customer_id and bills.issued_on <= gone.left_on
        and (bills.settled_on is null or bills.settled_on > gone.left_on)
    group by gone.customer_id, gone.left_on
)
select
    coalesce(sum(owing.cents), 0)::bigint as owed_cents,
    coalesce(sum(case when gone.cents is not null then least(gone.cents, owing.cents) end), 0)::bigint as given_up_cents
from gone inner join owing using (customer_id, left_on);
