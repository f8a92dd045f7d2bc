-- one row per currency other than the book's and requested day: the latest exchange rate known on that day
create or replace temp table day_rates as
select rates.currency, dates.as_of, rates.rate
from dates inner join rates on rates.day <= dates.as_of
qualify row_number() over (partition by rates.currency, dates.as_of order by rates.day desc) = 1;
