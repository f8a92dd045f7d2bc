-- one row per customer on one stored month end, with all its facts
select * from history where as_of = $as_of order by customer_id;
