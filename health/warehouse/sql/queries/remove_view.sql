-- marks one saved view as removed
update saved_views
set removed_at = $removed_at
where view_id = $view_id;
