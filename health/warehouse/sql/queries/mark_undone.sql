-- marks one load as undone
update loads
set undone_at = $undone_at
where load_id = $load_id
