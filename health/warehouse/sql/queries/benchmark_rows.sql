-- one row per market price that is a benchmark of the lines whose facts were asked for last, in the book's currency at that day's exchange
-- rate, with the file it came from
with used as (
    select distinct product, benchmark_region, month as used_month, source, known_on, own_cents, market_cents
    from benchmarks
)
select market_prices.* replace ((used.market_cents / 100)::decimal(14, 2) as price), loads.file
from market_prices
inner join used
    on used.product = market_prices.product and used.benchmark_region is not distinct from market_prices.region
    and used.used_month = date_trunc('month', market_prices.month) and used.source = market_prices.source
    and used.known_on = coalesce(market_prices.observed_on, last_day(market_prices.month))
    and used.own_cents = (market_prices.price * 100)::bigint
left join loads using (load_id)
order by market_prices.product, market_prices.region, market_prices.month, market_prices.source;
