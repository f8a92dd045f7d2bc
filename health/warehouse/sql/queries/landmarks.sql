-- one row per active customer with a contract and stored month end of a span, for a share of the customers drawn by their ids (in millionths)
select customer_id, as_of, spell_start_on, contact_points, complaints_points, price_points, tenure_days, agreed_until, renews_months, margin_cents, health, band
from history
where status = 'active' and has_line and tenure_days is not null and as_of between $from_day and $to_day
    and md5_number_lower(customer_id) % 1000000 < $millionths
order by customer_id, as_of;
