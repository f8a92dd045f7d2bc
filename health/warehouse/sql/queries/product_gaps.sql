-- one row per customer and product with a market price on the day of known_lines and benchmarks: the amount paid above it
select
    known_lines.customer_id, known_lines.product,
    sum(known_lines.quantity * (known_lines.price_cents - benchmarks.market_cents))::bigint as above_cents,
    100 * sum(known_lines.quantity * (known_lines.price_cents - benchmarks.market_cents))
    / sum(known_lines.quantity * benchmarks.market_cents) as gap_pct
from known_lines
inner join customers using (customer_id)
inner join benchmarks
    on benchmarks.product = known_lines.product and benchmarks.region is not distinct from customers.region and benchmarks.as_of = known_lines.as_of
where known_lines.start_on <= known_lines.as_of and known_lines.as_of <= known_lines.line_end
group by known_lines.customer_id, known_lines.product
having sum(known_lines.quantity * benchmarks.market_cents) > 0
order by known_lines.customer_id, known_lines.product;
