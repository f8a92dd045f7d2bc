-- one row per contract line as in stg_contracts, with its prices in the book's currency at the latest exchange rate known on a day
with latest as (
    select currency, rate
    from rates
    where day <= $as_of
    qualify row_number() over (partition by currency order by day desc) = 1
)
select
    stg_contracts.* replace (
        case when stg_contracts.currency is null then unit_price else round(unit_price * latest.rate, 2)::decimal(14, 2) end as unit_price,
        case when stg_contracts.currency is null then unit_cost else round(unit_cost * latest.rate, 2)::decimal(14, 2) end as unit_cost
    )
from stg_contracts left join latest using (currency);
