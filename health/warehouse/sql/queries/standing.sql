-- one row per customer in scope and day asked for: where the customer stands, as known on that day
from status_facts order by as_of, customer_id;
