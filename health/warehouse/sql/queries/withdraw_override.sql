-- ends one override from a day on
update overrides
set
    withdrawn_on = $withdrawn_on,
    withdrawn_by = $withdrawn_by,
    withdrawn_why = $withdrawn_why,
    withdrawn_at = $withdrawn_at
where override_id = $override_id;
