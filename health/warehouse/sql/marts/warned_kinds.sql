-- one row a table and kind of warning among the loads in force, commonest first; a kind is the warning without the values it quotes
select
    warned.table_name, regexp_replace(warned.words, ' ''[^'']*''', '', 'g') as kind,
    count(*) as rows,
    count(distinct warned.load_id) as loads,
    max(warned.load_id) as newest_load
from warned
inner join loads on loads.load_id = warned.load_id and loads.undone_at is null
group by all
order by rows desc, warned.table_name, kind;
