-- one row per customer with lines in other currencies in force on the day of known_lines: what their price and cost a month gained since an
-- earlier day because of the exchange rates alone, in whole cents; lines in currencies without a rate by then are left out
select
    known_lines.customer_id,
    sum(known_lines.quantity * (known_lines.price_cents - round(known_lines.own_price * 100 * stg_rates.rate)::bigint))::bigint as mrr_cents,
    sum(known_lines.quantity * (known_lines.cost_cents - round(known_lines.own_cost * 100 * stg_rates.rate)::bigint))::bigint as cost_cents
from known_lines
inner join stg_rates on stg_rates.currency = known_lines.currency and stg_rates.day <= $earlier and stg_rates.until_day > $earlier
where known_lines.as_of = $as_of and known_lines.paused_from is null
    and known_lines.start_on <= known_lines.as_of and known_lines.as_of <= known_lines.line_end
group by known_lines.customer_id
order by known_lines.customer_id;
