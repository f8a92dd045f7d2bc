-- one row per customer in scope and requested day
create or replace temp table grid as
select scope.customer_id, dates.as_of
from scope cross join dates;
