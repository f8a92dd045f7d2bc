-- one row per promise on file that was broken in the 90 days up to the day
select customer_id, promise_id, due_at::date as due_on
from promises
where promised_on <= $as_of and due_at::date <= $as_of and due_at::date > $as_of - 90 and not coalesce(delivered_at <= due_at, false)
order by customer_id, promise_id;
