-- one row per customer in scope and requested day: overdue amount in whole cents, and how late the last six payments were
create or replace temp table payment_facts as
with bills as (
    select customer_id, invoice_id, issued_on, due_on, paid_on, amount, cents, overdue_from
    from stg_invoices semi join scope using (customer_id)
),
changes as (
    select customer_id, overdue_from as acts_on, cents from bills where overdue_from is not null
    union all select customer_id, paid_on, -cents from bills where overdue_from is not null and paid_on is not null
),
by_date as (
    select changes.customer_id, buckets.as_of, sum(changes.cents) as cents
    from changes
    inner join buckets on buckets.day = greatest(changes.acts_on, $first_day::date)
    group by changes.customer_id, buckets.as_of
),
first_bills as (select customer_id, min(issued_on) as day from bills group by customer_id),
payments as (
    select
        customer_id, paid_on as day,
        count(*) over last_six as paid, sum(greatest(paid_on - due_on, 0)) over last_six as late_days,
        row_number() over (partition by customer_id, paid_on order by invoice_id desc) as from_last
    from bills
    where paid_on is not null and amount > 0
    window last_six as (partition by customer_id order by paid_on, invoice_id rows between 5 preceding and current row)
),
last_days as (
    select payments.customer_id, buckets.as_of, max(payments.day) as day
    from payments
    inner join buckets on buckets.day = greatest(payments.day, $first_day::date)
    where payments.from_last = 1
    group by payments.customer_id, buckets.as_of
),
running as (
    select
        grid.customer_id, grid.as_of, coalesce(sum(by_date.cents) over so_far, 0)::bigint as overdue_cents,
        max(last_days.day) over so_far as last_paid_on
    from grid
    left join by_date using (customer_id, as_of)
    left join last_days using (customer_id, as_of)
    window so_far as (partition by grid.customer_id order by grid.as_of rows unbounded preceding)
)
select
    running.customer_id, running.as_of, first_bills.day <= running.as_of is true as invoiced, running.overdue_cents,
    coalesce(payments.paid, 0)::bigint as paid_6, coalesce(payments.late_days, 0)::bigint as late_days_6
from running
left join first_bills using (customer_id)
left join payments on payments.customer_id = running.customer_id and payments.day = running.last_paid_on and payments.from_last = 1;
