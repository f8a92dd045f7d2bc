-- one row a warned line of one table and kind among the loads in force, newest load first; at most as many as asked for
select warned.load_id, loads.file, warned.line, warned.words
from warned
inner join loads on loads.load_id = warned.load_id and loads.undone_at is null
where warned.table_name = $table_name
    and list_contains(string_split(regexp_replace(warned.words, ' ''.*?'' ', ' ', 'g'), '; '), $kind)
order by warned.load_id desc, warned.line
limit $most;
