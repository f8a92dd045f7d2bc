-- one row per customer without a contract and day of purchase, known by a day: what was paid; two invoices of one day are one purchase.
-- A free one counts, since the customer came back for it; a credit note is no purchase
with ruled as (
    select distinct customer_id
    from stg_contracts
    where known_on <= $as_of and not is_trial
        and (terminated_on is null or terminated_on >= start_on or coalesce(notice_on, terminated_on) > $as_of)
),
bought as (
    select customer_id, issued_on as day, sum(cents)::bigint as cents
    from stg_invoices anti join ruled using (customer_id)
    where not credit_note and issued_on <= $as_of
    group by customer_id, issued_on
),
left_word as (
    select customer_id, max(announced_on) as left_on
    from exits
    where announced_on <= $as_of
    group by customer_id
)
select bought.*, coalesce(left_word.left_on >= max(bought.day) over (partition by bought.customer_id), false) as gone
from bought left join left_word using (customer_id)
order by customer_id, day;
