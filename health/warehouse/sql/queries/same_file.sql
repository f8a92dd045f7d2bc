-- one row a load in force of this very file, newest first
select load_id, file, loaded_at
from loads
where undone_at is null and file_hash = $file_hash
order by load_id desc;
