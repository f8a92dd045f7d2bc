-- one row per invoice, every column as loaded, and: its amount in cents, whether it is owed (not disputed, or written off anyway),
-- and the days from which it is overdue and overdue by 60 days, until it is paid (null: not owed, or paid by then)
select
    invoices.*,
    (amount * 100)::bigint as cents,
    not coalesce(disputed, false) or coalesce(written_off, false) as owed,
    case when owed and (paid_on is null or paid_on > due_on + 1) then due_on + 1 end as overdue_from,
    case when owed and (paid_on is null or paid_on > due_on + 60) then due_on + 60 end as overdue_60_from
from invoices;
