-- one row a line of one table and kind of warning out of warned_told, newest load first; at most as many as asked for
select distinct load_id, file, line, words
from warned_told
where table_name = $table_name and kind = $kind
order by load_id desc, line
limit $most;
