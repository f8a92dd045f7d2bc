-- one row per contract line known on the day whose facts were asked for last: how long it runs as known then, and what it bills a month
select contract_id, product, start_on, end_on, line_end, terminated, quantity * price_cents / 100 as billed
from known_lines
where as_of = $as_of
order by contract_id;
