-- one row per customer in scope and requested day: overdue amount in whole cents, how many invoices are overdue by 60 days, and how late the
-- last six payments were; what credit notes leave open pays the oldest debts first
create or replace temp table payment_facts as
with changes as (
    select customer_id, overdue_from as acts_on, cents as overdue_cents, 0 as credit_cents, 0 as overdue_60
    from bills
    where overdue_from is not null
    union all
    select customer_id, greatest(payment_known_on, overdue_from), -paid_cents, 0, 0
    from bills
    where overdue_from is not null and payment_known_on is not null
    union all select customer_id, overdue_60_from, 0, 0, 1 from bills where overdue_60_from is not null
    union all select customer_id, settled_on, 0, 0, -1 from bills where overdue_60_from is not null and settled_on is not null
    union all select customer_id, issued_on, 0, -cents, 0 from bills where credit_note
    union all
    select customer_id, greatest(payment_known_on, issued_on), 0, paid_cents, 0
    from bills
    where credit_note and payment_known_on is not null
),
by_date as (
    select
        changes.customer_id, buckets.as_of, sum(changes.overdue_cents) as overdue_cents, sum(changes.credit_cents) as credit_cents,
        sum(changes.overdue_60) as overdue_60
    from changes
    inner join buckets on buckets.day = greatest(changes.acts_on, $first_day::date)
        and buckets.clock = case when changes.acts_on > $invoices_through then 'invoices ' || changes.customer_id else '' end
    group by changes.customer_id, buckets.as_of
),
first_bills as (select customer_id, min(issued_on) as day from bills group by customer_id),
payments as (
    select
        customer_id, paid_on as day,
        count(*) over last_six as paid, sum(greatest(paid_on - falls_due_on, 0)) over last_six as late_days,
        row_number() over (partition by customer_id, paid_on order by invoice_id desc) as from_last
    from bills
    where paid_on is not null and settled_on is not null and cents > 0
    window last_six as (partition by customer_id order by paid_on, invoice_id rows between 5 preceding and current row)
),
last_days as (
    select payments.customer_id, buckets.as_of, max(payments.day) as day
    from payments
    inner join buckets on buckets.day = greatest(payments.day, $first_day::date)
        and buckets.clock = case when payments.day > $invoices_through then 'invoices ' || payments.customer_id else '' end
    where payments.from_last = 1
    group by payments.customer_id, buckets.as_of
),
running as (
    select
        grid.customer_id, grid.as_of, grid.invoices_seen_to, coalesce(sum(by_date.overdue_cents) over so_far, 0) as overdue_cents,
        coalesce(sum(by_date.credit_cents) over so_far, 0) as credit_cents, coalesce(sum(by_date.overdue_60) over so_far, 0) as overdue_60,
        max(last_days.day) over so_far as last_paid_on
    from grid
    left join by_date using (customer_id, as_of)
    left join last_days using (customer_id, as_of)
    window so_far as (partition by grid.customer_id order by grid.as_of rows unbounded preceding)
),
long_overdue as (
    select
        running.customer_id, running.as_of, running.credit_cents,
        sum(bills.cents - case when bills.payment_known_on <= running.invoices_seen_to then bills.paid_cents else 0 end) over (
            partition by running.customer_id, running.as_of order by bills.falls_due_on, bills.invoice_id
        ) as cents_so_far
    from running
    inner join bills
        on bills.customer_id = running.customer_id and bills.overdue_60_from <= running.invoices_seen_to
        and (bills.settled_on is null or bills.settled_on > running.invoices_seen_to)
    where running.credit_cents > 0
),
credited as (
    select customer_id, as_of, count(*) as invoices from long_overdue where cents_so_far <= credit_cents group by customer_id, as_of
)
select
    running.customer_id, running.as_of, first_bills.day <= running.invoices_seen_to is true as invoiced,
    greatest(running.overdue_cents - running.credit_cents, 0)::bigint as overdue_cents,
    (running.overdue_60 - coalesce(credited.invoices, 0))::bigint as overdue_60,
    coalesce(payments.paid, 0)::bigint as paid_6, coalesce(payments.late_days, 0)::bigint as late_days_6
from running
left join first_bills using (customer_id)
left join credited using (customer_id, as_of)
left join payments on payments.customer_id = running.customer_id and payments.day = running.last_paid_on and payments.from_last = 1;
