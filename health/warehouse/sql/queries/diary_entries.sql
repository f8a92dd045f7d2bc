-- one row per planned contact on file by the end of a day, of customers in scope: its state on the day up to which planned contacts were seen
-- (grid), and the first contact that kept it;
-- counted: it is counted by due_180 and kept_diary_180 (an entry without its own creation day is on file from the start);
-- revision and changed_at: of the last load that brought it, or whose undoing may have restored it, so that neither ever falls
with talks as (
    select customer_id, day, interaction_id
    from stg_interactions inner join grid using (customer_id)
    where two_way and day <= interactions_seen_to
),
on_file as (
    select
        customer_id, diary_id, planned_on, created_on, channel, employee_id, load_id, line, kept_from, kept_until, counts_from, counts_before,
        called_off and cancelled_on <= $as_of as called_off, case when cancelled_on <= $as_of then cancelled_on end as cancelled_on,
        diary_seen_to as seen_to
    from stg_diary inner join grid using (customer_id)
    where coalesce(created_on <= $as_of, true)
),
met as (
    select on_file.diary_id, min({'day': talks.day, 'id': talks.interaction_id}) as first
    from on_file
    inner join talks on talks.customer_id = on_file.customer_id and talks.day between on_file.kept_from and on_file.kept_until
    group by on_file.diary_id
),
taken_back as (
    select entries.key as diary_id, max(loads.load_id) as load_id, max(loads.undone_at) as undone_at
    from entries
    inner join loads on loads.load_id = entries.load_id and loads.undone_at is not null
    where entries.table_name = 'diary'
    group by entries.key
),
files_taken_back as (
    select max(load_id) as load_id, max(loads.undone_at) as undone_at
    from loads
    inner join load_tables using (load_id)
    where loads.undone_at is not null and loads.origin <> 'desk' and load_tables.table_name = 'diary' and load_tables.accepted > 0
)
select
    on_file.customer_id, on_file.diary_id, on_file.planned_on, on_file.created_on, on_file.channel, on_file.employee_id,
    case
        when on_file.called_off then 'cancelled'
        when met.first is not null then 'kept'
        when on_file.kept_until <= on_file.seen_to then 'broken'
        else 'open'
    end as state,
    met.first.day as met_on, met.first.id as met_by, on_file.cancelled_on,
    state <> 'cancelled' and on_file.counts_from <= on_file.seen_to and on_file.counts_before > on_file.seen_to as counted,
    on_file.load_id, loads.file, on_file.line,
    greatest(
        on_file.load_id, taken_back.load_id, case when files_taken_back.load_id > on_file.load_id then files_taken_back.load_id end
    ) as revision,
    coalesce(
        greatest(
            loads.loaded_at, taken_back.undone_at, case when files_taken_back.load_id > on_file.load_id then files_taken_back.undone_at end
        ),
        on_file.created_on::timestamp, on_file.planned_on::timestamp
    ) as changed_at
from on_file
cross join files_taken_back
left join met using (diary_id)
left join loads on loads.load_id = on_file.load_id
left join taken_back on taken_back.diary_id = on_file.diary_id
order by on_file.planned_on, on_file.customer_id, on_file.diary_id;
