-- one row per customer in scope and requested day: the customer's status, as known on that day
create or replace temp table status_facts as
with ordered as (
    select
        *,
        max(line_end) over (
            partition by customer_id, as_of, exits_before order by start_on, contract_id rows between unbounded preceding and 1 preceding
        ) as end_so_far
    from known_lines
),
numbered as (
    select
        *,
        sum(case when end_so_far is null or start_on > end_so_far + $grace_days::int then 1 else 0 end) over (
            partition by customer_id, as_of order by exits_before, start_on, contract_id
        ) as spell
    from ordered
),
line_spells as (
    select
        customer_id, as_of, spell, min(start_on) as start_on, max(line_end) as end_on,
        first(notice_on order by line_end desc, start_on desc, contract_id desc) as notice_on,
        bool_or(start_on <= as_of and as_of <= line_end and paused_from is null) as in_force,
        max(case when paused_from is not null then paused_from when line_end < as_of then line_end + 1 end)
            filter (start_on <= as_of and (line_end < as_of or paused_from is not null)) as paused_from,
        bool_or(start_on <= as_of and as_of <= line_end and paused_from is not null) as paused, $grace_days::int as grace_days
    from numbered
    group by customer_id, as_of, spell
),
spells as (
    select * from line_spells
    union all by name
    select customer_id, as_of, 1 as spell, first_on as start_on, silent_on as end_on, null::date as notice_on, true as in_force, 0 as grace_days
    from purchases
),
placed as (
    select *, lead(start_on) over (partition by customer_id, as_of order by spell) as next_start_on
    from spells
),
current as (
    select *
    from placed
    where start_on <= as_of
    qualify row_number() over (partition by customer_id, as_of order by spell desc) = 1
),
left_word as (
    select
        current.customer_id, current.as_of,
        min(exits.announced_on) as announced_on,
        first(exits.reason order by exits.announced_on) as reason,
        first(coalesce(exits.left_on, case when current.end_on < date '9999-12-31' and current.end_on >= exits.announced_on then current.end_on
                       else exits.announced_on end) order by exits.announced_on) as left_on
    from current
    inner join exits
        on exits.customer_id = current.customer_id and exits.announced_on <= current.as_of and exits.announced_on >= current.start_on
        and exits.announced_on < coalesce(current.next_start_on, date '9999-12-31')
    group by current.customer_id, current.as_of
),
ended as (
    select
        current.*, left_word.announced_on, left_word.reason, left_word.left_on,
        nullif(least(current.end_on, coalesce(left_word.left_on, current.end_on)), date '9999-12-31') as lost_on
    from current left join left_word using (customer_id, as_of)
),
dated as (
    select
        *,
        least(announced_on, notice_on, lost_on) as decided_on,  -- least ignores nulls
        least(announced_on, notice_on, lost_on + grace_days) as known_on
    from ended
),
trials as (
    select distinct stg_contracts.customer_id, dates.as_of
    from stg_contracts semi join scope using (customer_id)
    inner join dates on stg_contracts.start_on <= dates.as_of and stg_contracts.known_on <= dates.as_of
    where stg_contracts.is_trial
),
judged as (
    select
        *,
        case
            when reason = 'merged' and left_on <= as_of then 'merged'
            when lost_on <= as_of and known_on <= as_of then 'lost'
            when lost_on <= as_of then 'in grace'
            when known_on <= as_of then 'leaving'
            when in_force then 'active'
            when paused then 'paused'
            else 'in grace'
        end as status,
        (date_trunc('month', known_on) - interval 1 day)::date as month_end_before
    from dated
)
select
    grid.customer_id, grid.as_of, coalesce(judged.status, case when trials.customer_id is not null then 'trial' else 'prospect' end) as status,
    judged.start_on as spell_start_on,
    judged.lost_on, judged.decided_on, judged.known_on, judged.reason as exit_reason,
    case
        when judged.status = 'active' then grid.as_of
        when judged.status = 'paused' then judged.paused_from
        when judged.status <> 'leaving' then null
        when judged.month_end_before >= judged.start_on then judged.month_end_before
        else greatest(judged.known_on - 1, judged.start_on)
    end as facts_as_of
from grid
left join judged using (customer_id, as_of)
left join trials using (customer_id, as_of);
