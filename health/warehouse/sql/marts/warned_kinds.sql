-- one row a table and kind of warning among the loads in force, commonest first; a kind is a warning without the value it quotes
with told as (
    select
        warned.load_id, warned.table_name, unnest(string_split(regexp_replace(warned.words, ' ''.*?'' ', ' ', 'g'), '; ')) as kind
    from warned
    inner join loads on loads.load_id = warned.load_id and loads.undone_at is null
)

select table_name, kind, count(*) as rows, count(distinct load_id) as loads, max(load_id) as newest_load
from told
group by table_name, kind
order by rows desc, table_name, kind;
