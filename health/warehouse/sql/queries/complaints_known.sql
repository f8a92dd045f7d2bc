-- one row per complaint in scope raised by the day up to which complaints were seen (grid), out of complaint_clocks, as known then: when it was
-- answered and solved, which of its deadlines were met or missed by then, the service allowed and used, its burden in hundredths; severity and
-- theme are never null
with known as (
    select
        complaint_clocks.*, grid.complaints_seen_to as seen_to,
        answer_broken and coalesce(answer_day <= seen_to, false) as answer_missed,
        solution_broken and coalesce(solution_day <= seen_to, false) as solution_missed,
        epoch_us(timezone('UTC', timezone($zone, (seen_to + 1)::timestamp))) - 1 as day_end_us
    from complaint_clocks
    inner join grid using (customer_id)
    where valid_from <= grid.complaints_seen_to and (valid_to is null or valid_to > grid.complaints_seen_to)
),
answer_used as (
    select known.*, before_us + least(least(answered_us, day_end_us) - opens_us, length_us) - started_us as answer_used_us
    from known asof left join service_windows on least(known.answered_us, known.day_end_us) >= service_windows.opens_us
),
clocks as (
    select answer_used.*, before_us + least(least(solved_us, day_end_us) - opens_us, length_us) - started_us as solution_used_us
    from answer_used asof left join service_windows on least(answer_used.solved_us, answer_used.day_end_us) >= service_windows.opens_us
)
select
    clocks.seen_to,
    complaints.* replace (
        clocks.severity as severity, clocks.theme as theme,
        case when complaints.reopened_at::date <= clocks.seen_to then complaints.reopened_at end as reopened_at
    ),
    loads.file,
    case when clocks.answered_at::date <= clocks.seen_to then clocks.answered_at end as answered_at,
    case when clocks.solved_at::date <= clocks.seen_to then clocks.solved_at end as solved_at,
    clocks.answer_due_at,
    clocks.answer_kept and clocks.answer_day <= clocks.seen_to as answer_kept,
    clocks.answer_missed as answer_broken,
    clocks.answer_day,
    clocks.answer_limit_us,
    case when not clocks.answer_unknown then coalesce(clocks.answer_used_us, 0) end as answer_used_us,
    clocks.solution_due_at,
    clocks.solution_kept and clocks.solution_day <= clocks.seen_to as solution_kept,
    clocks.solution_missed as solution_broken,
    clocks.solution_day,
    clocks.solution_limit_us,
    case when not clocks.solution_unknown then coalesce(clocks.solution_used_us, 0) end as solution_used_us,
    clocks.repeats and clocks.opened_on > clocks.seen_to - 365 as repeats,
    50 * clocks.weight * (2 + clocks.answer_missed::int + clocks.solution_missed::int)
    * (100 - coalesce((select sum(lost_pct) from complaint_fades where clocks.fades_from + after_days <= clocks.seen_to), 0)::bigint) // 100 as burden
from clocks
inner join complaints using (complaint_id)
left join loads using (load_id)
order by clocks.customer_id, clocks.complaint_id;
