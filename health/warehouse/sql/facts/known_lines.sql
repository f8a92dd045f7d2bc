-- one row per contract line and requested day on or after its signing: how long it runs, as known on that day
create or replace temp table known_lines as
with known as (
    select
        dates.as_of, lines.customer_id, lines.contract_id, lines.product, lines.start_on, lines.end_on, lines.notice_on,
        lines.price_cents, lines.cost_cents, lines.billed_quantity as quantity,
        case when lines.termination_known_on <= dates.as_of then lines.termination_on end as known_terminated_on
    from stg_contracts as lines semi join scope using (customer_id)
    inner join dates on lines.known_on <= dates.as_of
),
agreed as (
    select *, least(coalesce(end_on, date '9999-12-31'), coalesce(known_terminated_on, date '9999-12-31')) as agreed_end
    from known
),
exits_known as (
    select
        exits.customer_id, dates.as_of, exits.announced_on,
        coalesce(exits.left_on, max(agreed.agreed_end), exits.announced_on) as ends_on
    from exits
    inner join dates on exits.announced_on <= dates.as_of
    left join agreed
        on agreed.customer_id = exits.customer_id and agreed.as_of = dates.as_of and agreed.start_on <= exits.announced_on
        and agreed.agreed_end >= exits.announced_on and agreed.agreed_end < date '9999-12-31'
    group by exits.customer_id, dates.as_of, exits.announced_on, exits.left_on
),
cut as (
    select
        agreed.customer_id, agreed.as_of, agreed.contract_id,
        min(exits_known.ends_on) filter (exits_known.ends_on >= agreed.start_on) as exit_on,
        count(*) filter (exits_known.ends_on < agreed.start_on) as exits_before
    from agreed inner join exits_known using (customer_id, as_of)
    group by agreed.customer_id, agreed.as_of, agreed.contract_id
)
select
    agreed.customer_id, agreed.as_of, agreed.contract_id, agreed.product, agreed.start_on, agreed.end_on,
    agreed.price_cents, agreed.cost_cents, agreed.quantity,
    case when agreed.notice_on <= agreed.as_of then agreed.notice_on end as notice_on,
    agreed.known_terminated_on is not null as terminated,
    least(agreed.agreed_end, coalesce(cut.exit_on, agreed.agreed_end)) as line_end,
    coalesce(cut.exits_before, 0) as exits_before
from agreed left join cut using (customer_id, as_of, contract_id)
where agreed.agreed_end >= agreed.start_on;  -- lines cancelled before they started do not count
