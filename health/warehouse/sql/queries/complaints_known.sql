-- one row per complaint in scope raised by the day up to which complaints were seen (grid), out of complaint_clocks, as known then: when it was answered and solved, which of
-- its deadlines were met or missed by then, its burden in hundredths; severity and theme are never null
select
    grid.complaints_seen_to as seen_to,
    complaints.* replace (
        clocks.severity as severity, clocks.theme as theme,
        case when complaints.reopened_at::date <= grid.complaints_seen_to then complaints.reopened_at end as reopened_at
    ),
    loads.file,
    case when clocks.answered_at::date <= grid.complaints_seen_to then clocks.answered_at end as answered_at,
    case when clocks.solved_at::date <= grid.complaints_seen_to then clocks.solved_at end as solved_at,
    clocks.answer_due_at,
    clocks.answer_kept and clocks.answer_day <= grid.complaints_seen_to as answer_kept,
    not clocks.answer_kept and clocks.answer_day <= grid.complaints_seen_to as answer_broken,
    clocks.answer_day,
    clocks.solution_due_at,
    clocks.solution_kept and clocks.solution_day <= grid.complaints_seen_to as solution_kept,
    not clocks.solution_kept and clocks.solution_day <= grid.complaints_seen_to as solution_broken,
    clocks.solution_day,
    clocks.repeats and clocks.opened_on > grid.complaints_seen_to - 365 as repeats,
    50 * clocks.weight * (2 + answer_broken::int + solution_broken::int)
    * (100 - coalesce((select sum(lost_pct) from complaint_fades where clocks.fades_from + after_days <= grid.complaints_seen_to), 0)::bigint) // 100 as burden
from complaint_clocks as clocks
inner join complaints using (complaint_id)
inner join grid on grid.customer_id = clocks.customer_id
left join loads using (load_id)
where clocks.valid_from <= grid.complaints_seen_to and (clocks.valid_to is null or clocks.valid_to > grid.complaints_seen_to)
order by clocks.customer_id, clocks.complaint_id;
