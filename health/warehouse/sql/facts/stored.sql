-- one row per customer in scope and requested day: all facts, as stored
create or replace temp table stored as
from stg_history semi join scope using (customer_id) semi join dates using (as_of);
