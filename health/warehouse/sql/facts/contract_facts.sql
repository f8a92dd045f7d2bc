-- one row per customer in scope and requested day: agreed price, market price, amount billed (nothing for paused lines), and agreed term
-- with its last day of notice; money in whole cents
create or replace temp table contract_facts as
with in_force as (
    select *, case when paused_from is null then quantity else 0 end as billed_quantity
    from known_lines
    where start_on <= as_of and as_of <= line_end
),
priced as (
    select
        in_force.customer_id, in_force.as_of,
        sum(in_force.quantity * in_force.price_cents) as billed_cents,
        sum(in_force.billed_quantity * in_force.price_cents) as mrr_cents,
        sum(in_force.billed_quantity * (in_force.price_cents - in_force.cost_cents)) as margin_cents,
        bool_or(in_force.price_cents is null) as price_unknown, bool_or(in_force.cost_cents is null) as cost_unknown,
        sum(in_force.quantity * in_force.price_cents) filter (benchmarks.market_cents is not null) as benchmarked_cents,
        sum(in_force.quantity * benchmarks.market_cents) as market_cents,
        max(benchmarks.age_months) as benchmark_age_months
    from in_force
    inner join customers using (customer_id)
    left join benchmarks
        on benchmarks.product = in_force.product and benchmarks.region is not distinct from customers.region and benchmarks.as_of = in_force.as_of
    group by in_force.customer_id, in_force.as_of
),
agreed as (
    select
        customer_id, as_of, max(end_on) as agreed_until,
        first({
            'notice_by': notice_by, 'notice_assumed': notice_assumed, 'renews_months': renews_months,
            'renews_on': case when renewed_end_on >= as_of then renewed_end_on end
        } order by end_on desc nulls last, notice_by, renews_months, contract_id) as term
    from known_lines
    where line_end >= as_of and not terminated
    group by customer_id, as_of
),
first_lines as (select customer_id, as_of, min(start_on) as first_start_on from known_lines group by customer_id, as_of)
select
    grid.customer_id, grid.as_of,
    coalesce(customers.customer_since, first_lines.first_start_on) as start_on,
    (grid.as_of - coalesce(customers.customer_since, first_lines.first_start_on))::bigint as tenure_days,
    first_lines.customer_id is not null as has_line,
    agreed.agreed_until, (agreed.agreed_until - grid.as_of)::bigint as days_to_end, agreed.customer_id is not null as has_agreement,
    agreed.term.notice_by as notice_by, (agreed.term.notice_by - grid.as_of)::bigint as days_to_notice,
    case when agreed.agreed_until is not null then agreed.term.notice_assumed end as notice_assumed,
    agreed.term.renews_months::bigint as renews_months, agreed.term.renews_on as renews_on,
    case when not priced.price_unknown then priced.billed_cents::bigint end as billed_cents,
    case when not (priced.price_unknown or priced.cost_unknown) then priced.margin_cents::bigint end as margin_cents,
    case when not priced.price_unknown then coalesce(priced.benchmarked_cents, 0)::bigint end as benchmarked_cents,
    priced.market_cents::bigint as market_cents, priced.benchmark_age_months::bigint as benchmark_age_months,
    coalesce(case when not priced.price_unknown then priced.mrr_cents end, invoiced.month_cents)::bigint as mrr_cents
from grid
inner join customers using (customer_id)
left join first_lines using (customer_id, as_of)
left join agreed using (customer_id, as_of)
left join priced using (customer_id, as_of)
left join invoiced using (customer_id, as_of);
