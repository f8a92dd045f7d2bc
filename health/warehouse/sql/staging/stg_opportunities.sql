-- one row per opportunity, every column as loaded, and: its monthly value in the book's currency, at the exchange rate of its opening
select
    opportunities.*,
    case when currency is null then monthly_value else round(monthly_value * opening_rate.rate, 2)::decimal(14, 2) end as month_value
from opportunities
left join (select currency as of_currency, day as from_day, until_day, rate from stg_rates) as opening_rate
    on opening_rate.of_currency = opportunities.currency and opened_on >= opening_rate.from_day and opened_on < opening_rate.until_day;
