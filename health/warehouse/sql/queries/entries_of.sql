-- one row per change by hand of a customer's rows, and per such load undone elsewhere; oldest first
with own as (select * from entries where customer_id = $customer_id)

select load_id, made_at, author, what, table_name, key, before, after, why
from own
union all
select
    own.load_id, loads.undone_at, null, 'undone', own.table_name, own.key, own.after, own.before, 'its load was undone'
from own
inner join loads on loads.load_id = own.load_id and loads.undone_at is not null
where own.what <> 'removed'
    and not exists (
        select 1
        from own as removed
        where removed.what = 'removed' and removed.table_name = own.table_name and removed.key = own.key and removed.made_at = loads.undone_at
    )
order by made_at, load_id, what;
