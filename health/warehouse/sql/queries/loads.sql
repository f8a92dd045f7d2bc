-- one row a load, newest first; who: the actor's name, where it is an employee on file; counts are sums over the tables it fed
with counts as (
    select
        load_id,
        string_agg(table_name, ', ' order by table_name) as tables,
        cast(sum(read) as bigint) as read,
        cast(sum(accepted) as bigint) as accepted,
        cast(sum(refused) as bigint) as refused,
        cast(sum(skipped) as bigint) as skipped,
        cast(sum(added) as bigint) as added,
        cast(sum(changed) as bigint) as changed,
        cast(sum(unchanged) as bigint) as unchanged
    from load_tables
    group by load_id
)

select
    l.load_id, l.file, l.file_hash, l.origin, l.actor, coalesce(e.name, l.actor) as who, l.assumption, l.loaded_at, l.undone_at, l.complete_through,
    c.tables, c.read, c.accepted, c.refused, c.skipped, c.added, c.changed, c.unchanged
from loads as l
left join counts as c using (load_id)
left join employees as e on e.employee_id = l.actor
order by l.load_id desc
