-- one row per customer without a contract and requested day on or after the first purchase: what is invoiced a month, in whole cents: a third
-- of the last three full months, and what invoices for a period are a month while it lasts; one-off invoices aside
create or replace temp table invoiced as
with summed as (
    select
        purchases.customer_id, purchases.as_of,
        sum(bills.cents) filter (bills.month_cents is null) as quarter_cents,
        sum(bills.month_cents) as month_cents
    from purchases
    inner join grid using (customer_id, as_of)
    inner join bills
        on bills.customer_id = purchases.customer_id and bills.recurring and bills.issued_on <= grid.invoices_seen_to
        and case
            when bills.month_cents is not null then grid.invoices_seen_to between bills.covers_from and bills.covers_until
            else bills.issued_on < date_trunc('month', grid.invoices_seen_to + 1)
            and bills.issued_on >= date_trunc('month', grid.invoices_seen_to + 1) - interval 3 months
        end
    group by purchases.customer_id, purchases.as_of
)
select
    purchases.customer_id, purchases.as_of,
    (floor(coalesce(summed.quarter_cents, 0) / 3 + 0.5) + coalesce(summed.month_cents, 0))::bigint as month_cents
from purchases
left join summed using (customer_id, as_of);
