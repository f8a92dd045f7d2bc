-- one row per customer in scope and day asked for: all facts as the history holds them
create or replace temp table stored as
from history semi join scope using (customer_id) semi join dates using (as_of);
