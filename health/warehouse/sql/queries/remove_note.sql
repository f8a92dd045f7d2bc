-- marks one note as removed
update notes
set removed_at = $removed_at, removed_by = $removed_by
where note_id = $note_id;
