-- one row per complaint, every column as loaded, and: severity and theme with defaults, the day raised, when it was first answered (a
-- resolution is an answer), and from which day it counts as unresolved because it was reopened after its resolution (null: it was not)
select
    complaints.*,
    coalesce(severity, 2) as severity_or_normal,
    coalesce(theme, 'unsorted') as theme_or_unsorted,
    opened_at::date as opened_on,
    least(first_response_at, resolved_at) as answered_at,  -- least ignores nulls
    case when resolved_at <= reopened_at then reopened_at::date end as reopened_on
from complaints;
