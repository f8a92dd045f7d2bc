-- one row per promise on file that was broken in the 90 days up to the day on which the customer's promises were last seen (grid)
select customer_id, promise_id, due_at::date as due_on
from promises inner join grid using (customer_id)
where promised_on <= promises_seen_to and due_at::date <= promises_seen_to and due_at::date > promises_seen_to - 90
    and not coalesce(delivered_at <= due_at, false)
order by customer_id, promise_id;
