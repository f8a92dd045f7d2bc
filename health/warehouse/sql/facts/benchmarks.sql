-- one row per product, region and requested day: the newest market price known by then, preferably of the region, else for all regions
create or replace temp table benchmarks as
with wanted as (
    select distinct known_lines.product, customers.region, known_lines.as_of
    from known_lines inner join customers using (customer_id)
),
published as (
    select product, region, date_trunc('month', month)::date as month, source, (price * 100)::bigint as own_cents, currency, coalesce(observed_on, last_day(month)) as known_on
    from market_prices
)
select
    wanted.product, wanted.region, wanted.as_of,
    case when published.currency is null then published.own_cents else round(published.own_cents * day_rates.rate)::bigint end as market_cents,
    published.own_cents, published.month, published.source, published.known_on,
    published.region as benchmark_region, datediff('month', published.month, wanted.as_of) as age_months
from wanted
inner join published
    on published.product = wanted.product and published.known_on <= wanted.as_of and published.month <= wanted.as_of
    and (published.region is null or published.region = wanted.region)
left join day_rates on day_rates.currency = published.currency and day_rates.as_of = wanted.as_of
qualify row_number() over (
    partition by wanted.product, wanted.region, wanted.as_of
    order by published.month desc, published.region nulls last, published.known_on desc, published.source
) = 1;
