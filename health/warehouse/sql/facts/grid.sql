-- one row per customer in scope and day asked for
create or replace temp table grid as
select scope.customer_id, dates.as_of
from scope cross join dates;
