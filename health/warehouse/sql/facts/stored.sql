-- one row per customer in scope and requested day: all facts, as stored in the history
create or replace temp table stored as
from history semi join scope using (customer_id) semi join dates using (as_of);
