-- one row per survey, every column as loaded, the ends of its scale (an NPS without one is on 0 to 10), and whether the answer is at most 6 on
-- 0 to 10 (`poor`; greatest ignores nulls)
select
    surveys.*,
    coalesce(scale_min, case when kind = 'nps' then 0 end) as lowest,
    coalesce(scale_max, case when kind = 'nps' then 10 end) as highest,
    coalesce(
        score is not null and lowest < highest and 10 * (least(greatest(score, lowest), highest) - lowest) <= 6 * (highest - lowest), false
    ) as poor
from surveys;
