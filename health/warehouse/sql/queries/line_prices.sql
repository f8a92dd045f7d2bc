-- one row per contract line in force on the day whose facts were asked for last: our price beside the market's
select
    known_lines.contract_id, known_lines.product, known_lines.quantity, known_lines.start_on, known_lines.end_on,
    known_lines.price_cents / 100 as unit_price, known_lines.currency, known_lines.own_price, benchmarks.market_cents / 100 as market,
    100 * (known_lines.price_cents - benchmarks.market_cents) / benchmarks.market_cents as gap_pct,
    known_lines.paused_from is not null as paused, benchmarks.month, benchmarks.source, benchmarks.known_on as observed_on, benchmarks.age_months
from known_lines
inner join customers using (customer_id)
left join benchmarks
    on benchmarks.product = known_lines.product and benchmarks.region is not distinct from customers.region and benchmarks.as_of = known_lines.as_of
where known_lines.as_of = $as_of and known_lines.start_on <= known_lines.as_of and known_lines.as_of <= known_lines.line_end
order by known_lines.contract_id;
