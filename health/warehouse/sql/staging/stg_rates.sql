-- one row per exchange rate, every column as loaded, and the day from which a later one of its currency holds
select rates.*, lead(day, 1, date '9999-12-31') over (partition by currency order by day) as until_day
from rates;
