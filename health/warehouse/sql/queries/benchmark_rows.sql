-- one row per market price that is a benchmark of the lines whose facts were asked for last, with the file it came from
select market_prices.*, loads.file
from market_prices
left join loads using (load_id)
semi join benchmarks
    on benchmarks.product = market_prices.product and benchmarks.benchmark_region is not distinct from market_prices.region
    and benchmarks.month = date_trunc('month', market_prices.month) and benchmarks.source = market_prices.source
    and benchmarks.known_on = coalesce(market_prices.observed_on, last_day(market_prices.month))
    and benchmarks.market_cents = (market_prices.price * 100)::bigint
order by market_prices.product, market_prices.region, market_prices.month, market_prices.source;
