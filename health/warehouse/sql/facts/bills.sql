-- one row per invoice of the customers in scope, as in stg_invoices; read once for all facts of invoices
create or replace temp table bills as
from stg_invoices semi join scope using (customer_id);
