-- one row per contract line, every column as loaded, and: from when it was known, its quantity with default, unit price and cost in
-- cents, its notice period with default (a century at most), the last day on which notice ends it at its first agreed end (null: rolling),
-- whether it is a trial, and its last day by termination, which for a rolling line under notice is the end of the notice period, with the
-- day it was known
select
    contracts.*,
    coalesce(signed_on, start_on) as known_on,
    coalesce(quantity, 1) as billed_quantity,
    (unit_price * 100)::bigint as price_cents,
    (unit_cost * 100)::bigint as cost_cents,
    least(coalesce(notice_days, 30), 36525)::int as notice_period_days,
    end_on - notice_period_days as notice_by,
    notice_days is null as notice_assumed,
    coalesce(trial, false) as is_trial,
    case
        when terminated_on is not null then terminated_on
        when end_on is null then notice_on + notice_period_days
    end as termination_on,
    case when terminated_on is not null then coalesce(notice_on, terminated_on) else notice_on end as termination_known_on
from contracts;
