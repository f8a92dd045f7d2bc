-- one row per customer and other currency with contract lines in force on the day of known_lines: their number, and the day of the newest
-- exchange rate by then (null: none)
select
    known_lines.customer_id, known_lines.currency, count(*)::bigint as lines,
    (select max(day) from stg_rates where stg_rates.currency = known_lines.currency and day <= $as_of) as day
from known_lines
where known_lines.as_of = $as_of and known_lines.currency is not null
    and known_lines.start_on <= known_lines.as_of and known_lines.as_of <= known_lines.line_end
group by known_lines.customer_id, known_lines.currency
order by known_lines.customer_id, known_lines.currency;
