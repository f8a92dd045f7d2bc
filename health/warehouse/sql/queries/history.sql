-- one row per customer and month end: where the customer stood, in hundredths and cents
select
    customer_id, as_of, status, band, firm, health, low, high, coverage, columns('.*_points$'), mrr_cents, margin_cents, lost_on, decided_on, exit_reason
from history;
