-- one row per planned contact, every column as loaded, and: the days within which a two-way contact keeps it (both included), whether it was
-- cancelled by the last of them, and the days from which and before which it counts among those of half a year
select
    diary.*,
    planned_on - 7 as kept_from,
    planned_on + 3 as kept_until,
    coalesce(cancelled_on <= kept_until, false) as called_off,
    greatest(kept_until, created_on) as counts_from,  -- greatest ignores nulls
    planned_on + 183 as counts_before
from diary;
