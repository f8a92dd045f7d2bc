-- one row per customer with a line in force and day of the known lines: what its lines agree on a month, paused ones included, in cents
select customer_id, as_of, sum(quantity * price_cents)::bigint as agreed_cents
from known_lines
where start_on <= as_of and as_of <= line_end
group by customer_id, as_of
order by customer_id, as_of;
