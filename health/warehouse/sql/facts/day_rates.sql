-- one row per currency other than the book's and requested day: the latest exchange rate known on that day
create or replace temp table day_rates as
select stg_rates.currency, dates.as_of, stg_rates.rate
from dates inner join stg_rates on stg_rates.day <= dates.as_of and stg_rates.until_day > dates.as_of;
