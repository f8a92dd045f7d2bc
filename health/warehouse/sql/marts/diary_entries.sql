-- one row a planned contact on file by the end of a day, of customers in scope: what became of it, and the first contact that kept it;
-- counted: whether it is one of those that due_180 and kept_diary_180 count (an entry without a day of its own is on file from the start)
with talks as (select customer_id, day, interaction_id from touches where human and took_part and day <= $as_of),
on_file as (
    select
        customer_id, diary_id, planned_on, created_on, channel, employee_id, load_id, case when cancelled_on <= $as_of then cancelled_on end as cancelled_on
    from diary semi join scope using (customer_id)
    where coalesce(created_on <= $as_of, true)
),
met as (
    select on_file.diary_id, min({'day': talks.day, 'id': talks.interaction_id}) as first
    from on_file
    inner join talks on talks.customer_id = on_file.customer_id and talks.day between on_file.planned_on - 7 and on_file.planned_on + 3
    group by on_file.diary_id
)
select
    on_file.customer_id, on_file.diary_id, on_file.planned_on, on_file.created_on, on_file.channel, on_file.employee_id,
    case
        when on_file.cancelled_on <= on_file.planned_on + 3 then 'cancelled'
        when met.first is not null then 'kept'
        when on_file.planned_on + 3 <= $as_of then 'broken'
        else 'open'
    end as state,
    met.first.day as met_on, met.first.id as met_by, on_file.cancelled_on,
    state <> 'cancelled' and coalesce(greatest(on_file.planned_on + 3, on_file.created_on) <= $as_of, false) and on_file.planned_on + 183 > $as_of
        as counted,
    on_file.load_id
from on_file left join met using (diary_id)
order by on_file.planned_on, on_file.customer_id, on_file.diary_id;
