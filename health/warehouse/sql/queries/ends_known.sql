-- one row per stored month end up to a day on which one of these customers was known to leave or to have left
select customer_id, status, decided_on, exit_reason
from history
where as_of <= $as_of and status in ('leaving', 'lost', 'merged') and customer_id in (select unnest($customers));
