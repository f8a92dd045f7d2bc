-- one row per customer on one stored day, with all its facts
select * from stg_history where as_of = $as_of order by customer_id;
