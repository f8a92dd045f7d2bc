-- one row per survey, every column as loaded, and the ends of its scale; an NPS without one is on 0 to 10
select
    surveys.*,
    coalesce(scale_min, case when kind = 'nps' then 0 end) as lowest,
    coalesce(scale_max, case when kind = 'nps' then 10 end) as highest
from surveys;
