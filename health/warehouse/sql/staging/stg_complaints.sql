-- one row per complaint, every column as loaded, and: severity and theme where none is given, the day raised, when it was first answered (a
-- solution is an answer), and from which day it counts as never solved because it was reopened after its solution (null: it was not)
select
    complaints.*,
    coalesce(severity, 2) as severity_or_normal,
    coalesce(theme, 'unsorted') as theme_or_unsorted,
    opened_at::date as opened_on,
    least(first_response_at, resolved_at) as answered_at,  -- least skips what is not known
    case when resolved_at <= reopened_at then reopened_at::date end as reopened_on
from complaints;
