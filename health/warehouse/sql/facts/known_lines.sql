-- one row per contract line and requested day on or after its signing: how long it runs and whether it is paused, as known on that day;
-- trials are left out. A line with renews_months whose notice day has passed without notice runs on by whole terms: `end_on` is the end of
-- the term that can still be left, `renewed_end_on` the end before it. A pause is known from the day before it begins. Prices are in cents of the
-- book's currency at the exchange rate of the day (null: no rate is known)
create or replace temp table known_lines as
with known as (
    select
        dates.as_of, lines.customer_id, lines.contract_id, lines.product, lines.start_on, lines.end_on, lines.notice_on,
        case when lines.currency is null then lines.price_cents else round(lines.price_cents * day_rates.rate)::bigint end as price_cents,
        case when lines.currency is null then lines.cost_cents else round(lines.cost_cents * day_rates.rate)::bigint end as cost_cents,
        lines.currency, lines.unit_price as own_price, lines.unit_cost as own_cost, lines.billed_quantity as quantity, lines.notice_period_days, lines.notice_assumed,
        case when lines.end_on is not null then lines.renews_months end::int as renews_months,
        case when lines.paused_from - 1 <= dates.as_of then lines.paused_from end as paused_from,
        case when lines.paused_from - 1 <= dates.as_of then coalesce(lines.paused_until, date '9999-12-31') end as paused_until,
        case when lines.termination_known_on <= dates.as_of then lines.termination_on end as known_terminated_on
    from stg_contracts as lines semi join scope using (customer_id)
    inner join dates on lines.known_on <= dates.as_of
    left join day_rates on day_rates.currency = lines.currency and day_rates.as_of = dates.as_of
    where not lines.is_trial
),
announced as (
    select known.contract_id, known.as_of, min(exits.announced_on) as announced_on
    from known
    inner join exits on exits.customer_id = known.customer_id and exits.announced_on between known.start_on and known.as_of
    where known.renews_months is not null
    group by known.contract_id, known.as_of
),
leaves_from as (  -- the first day on which the line can still be left: notice and an exit stop the renewals
    select
        known.*,
        least(known.as_of, known.notice_on, announced.announced_on)  -- least ignores nulls
            + greatest(known.notice_period_days, 1) as leaves_on  -- a line with no notice period renews on its last day
    from known left join announced using (contract_id, as_of)
),
due as (  -- whole months from the first agreed end to the first of its days in later months that is not before that
    select
        *,
        greatest(0, date_diff('month', end_on, leaves_on)
            + case when end_on + to_months(greatest(0, date_diff('month', end_on, leaves_on))::int) < leaves_on then 1 else 0 end) as months
    from leaves_from
),
renewed as (
    select
        * exclude (end_on, leaves_on, months),
        coalesce((end_on + to_months(((months + renews_months - 1) // renews_months * renews_months)::int))::date, end_on) as end_on,
        case
            when months > 0 then (end_on + to_months((((months + renews_months - 1) // renews_months - 1) * renews_months)::int))::date
        end as renewed_end_on
    from due
),
agreed as (
    select
        *,
        case
            when renews_months is not null and known_terminated_on is not null then known_terminated_on
            else least(coalesce(end_on, date '9999-12-31'), coalesce(known_terminated_on, date '9999-12-31'))
        end as agreed_end
    from renewed
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
),
kept as (  -- a pause that begins after the last day of its line keeps the line until the pause is over
    select *, coalesce(paused_from > agreed_end, false) as kept_by_pause
    from agreed
    where agreed_end >= start_on  -- lines cancelled before they started do not count
)
select
    kept.customer_id, kept.as_of, kept.contract_id, kept.product, kept.start_on, kept.end_on,
    kept.price_cents, kept.cost_cents, kept.quantity, kept.currency, kept.own_price, kept.own_cost, kept.renews_months, kept.renewed_end_on,
    kept.end_on - kept.notice_period_days as notice_by, kept.notice_assumed,
    case when kept.notice_on <= kept.as_of and not kept.kept_by_pause then kept.notice_on end as notice_on,
    kept.known_terminated_on is not null or kept.kept_by_pause as terminated,
    case when kept.as_of between kept.paused_from and kept.paused_until then kept.paused_from end as paused_from,
    least(case when kept.kept_by_pause then kept.paused_until else kept.agreed_end end, coalesce(cut.exit_on, date '9999-12-31')) as line_end,
    coalesce(cut.exits_before, 0) as exits_before
from kept left join cut using (customer_id, as_of, contract_id);
