-- one row per invoice that counts, every column as loaded, and: when it falls due, its amount in cents of the book's currency at the exchange
-- rate of its issue (negative: a credit note), whether it is owed (not disputed, or given up anyway), from when a payment is known and how
-- much it paid, from when all of it is paid, the days from which it is overdue and overdue by 60 days (null: not owed, or paid by then), and,
-- if it is for a period, what it is a month and the days it covers: its period, or as many months from its issue if that was over by then
with in_currency as (
    select
        invoices.*,
        coalesce(due_on, issued_on) as falls_due_on,
        coalesce(paid_on, recorded_at::date, files.extract_on, files.loaded_on, newest_on) as payment_dated_on,
        case when currency is null then (amount * 100)::bigint else round(amount * 100 * issue_rate.rate)::bigint end as cents,
        case when currency is null then round(paid_amount * 100)::bigint else round(paid_amount * 100 * issue_rate.rate)::bigint end as part_cents,
        coalesce(written_off, false) or coalesce(status = 'uncollectible', false) as given_up,
        not coalesce(one_off, false) as recurring,
        -- half a month is one
        case when period_to >= period_from then greatest(datesub('month', period_from, period_to + 16), 1) end as period_months
    from stg_invoices_counted as invoices
    left join (select load_id, extract_on, loaded_at::date as loaded_on from loads) as files using (load_id)
    left join (select currency as of_currency, day as from_day, until_day, rate from stg_rates) as issue_rate
        on issue_rate.of_currency = invoices.currency and issued_on >= issue_rate.from_day and issued_on < issue_rate.until_day
    cross join (select max(issued_on) as newest_on from invoices) as newest
),
paid as (
    select
        * exclude (payment_dated_on, part_cents),
        cents < 0 as credit_note,
        not coalesce(disputed, false) or given_up as owed,
        case when paid_on is not null or status = 'paid' or paid_amount <> 0 then payment_dated_on end as payment_known_on,
        case
            when payment_known_on is null then null
            when status = 'paid' or paid_amount is null or paid_amount = amount then cents
            when cents < 0 then greatest(least(part_cents, 0), cents)
            else least(greatest(part_cents, 0), cents)
        end as paid_cents
    from in_currency
),
settled as (
    select *, case when paid_cents = cents then payment_known_on end as settled_on, owed and not credit_note as claimed
    from paid
)
select
    *,
    case when claimed and (settled_on is null or settled_on > falls_due_on + 1) then falls_due_on + 1 end as overdue_from,
    case when claimed and (settled_on is null or settled_on > falls_due_on + 60) then falls_due_on + 60 end as overdue_60_from,
    floor(cents / period_months + 0.5)::bigint as month_cents,
    case when issued_on > period_to then issued_on else period_from end as covers_from,
    case when issued_on > period_to then (issued_on + to_months(period_months::int) - interval 1 day)::date else period_to end as covers_until
from settled;
