-- one row per complaint in scope raised by the end of a day, out of complaint_clocks, as known then: when it was answered and solved, which of
-- its deadlines were met or missed by then, its burden in hundredths; severity and theme are never null
select
    complaints.* replace (
        clocks.severity as severity, clocks.theme as theme,
        case when complaints.reopened_at::date <= $as_of then complaints.reopened_at end as reopened_at
    ),
    loads.file,
    case when clocks.answered_at::date <= $as_of then clocks.answered_at end as answered_at,
    case when clocks.solved_at::date <= $as_of then clocks.solved_at end as solved_at,
    clocks.answer_due_at,
    clocks.answer_kept and clocks.answer_day <= $as_of as answer_kept,
    not clocks.answer_kept and clocks.answer_day <= $as_of as answer_broken,
    clocks.answer_day,
    clocks.solution_due_at,
    clocks.solution_kept and clocks.solution_day <= $as_of as solution_kept,
    not clocks.solution_kept and clocks.solution_day <= $as_of as solution_broken,
    clocks.solution_day,
    clocks.repeats and clocks.opened_on > $as_of - 365 as repeats,
    50 * clocks.weight * (2 + answer_broken::int + solution_broken::int)
    * (100 - coalesce((select sum(lost_pct) from complaint_fades where clocks.fades_from + after_days <= $as_of), 0)::bigint) // 100 as burden
from complaint_clocks as clocks
inner join complaints using (complaint_id)
left join loads using (load_id)
where clocks.valid_from <= $as_of and (clocks.valid_to is null or clocks.valid_to > $as_of)
order by clocks.customer_id, clocks.complaint_id;
