-- one row per product and region whose lines in force on the day asked for have no market price, most revenue first
select
    known_lines.product, customers.region,
    count(*)::bigint as lines,
    count(distinct known_lines.customer_id)::bigint as customers,
    sum(known_lines.quantity * known_lines.price_cents)::bigint / 100 as mrr
from known_lines
inner join customers using (customer_id)
left join benchmarks
    on benchmarks.product = known_lines.product and benchmarks.region is not distinct from customers.region and benchmarks.as_of = known_lines.as_of
where known_lines.start_on <= known_lines.as_of and known_lines.as_of <= known_lines.line_end and benchmarks.market_cents is null
group by known_lines.product, customers.region
order by mrr desc, known_lines.product, customers.region;
