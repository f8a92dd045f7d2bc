-- one row per contract line as in stg_contracts, with its prices in the book's currency at the latest exchange rate known on a day
select
    stg_contracts.* replace (
        case when stg_contracts.currency is null then unit_price else round(unit_price * stg_rates.rate, 2)::decimal(14, 2) end as unit_price,
        case when stg_contracts.currency is null then unit_cost else round(unit_cost * stg_rates.rate, 2)::decimal(14, 2) end as unit_cost
    )
from stg_contracts
left join stg_rates on stg_rates.currency = stg_contracts.currency and stg_rates.day <= $as_of and stg_rates.until_day > $as_of;
