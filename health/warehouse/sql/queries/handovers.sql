-- one row per handover of a customer in scope made by the end of a day: each promised handover on file, else the one implied by a new customer's first contract,
-- due at the end of the day after signing and kept by the first human contact that we started; kept: null while it can still be kept;
-- what came of it is read on seen_to, the day up to which the promises, or for an implied one the contacts, were seen (grid)
with lines as (
    select customer_id, contract_id, start_on, known_on as signed_on
    from stg_contracts
    semi join scope using (customer_id)
    where known_on <= $as_of and not is_trial
),
first_lines as (
    select customer_id, contract_id, signed_on
    from lines
    qualify row_number() over (partition by customer_id order by signed_on, start_on, contract_id) = 1
),
on_file as (
    select
        promises.customer_id, coalesce(lines.contract_id, first_lines.contract_id) as contract_id,
        coalesce(lines.signed_on, first_lines.signed_on, promises.promised_on) as signed_on, promises.due_at, promises.promise_id,
        case when promises.delivered_at::date <= grid.promises_seen_to then promises.delivered_at end as delivered_at, grid.promises_seen_to as seen_to
    from promises inner join grid using (customer_id)
    left join lines on lines.customer_id = promises.customer_id and lines.contract_id = promises.contract_id
    left join first_lines on first_lines.customer_id = promises.customer_id
    where promises.kind = 'handover' and promises.promised_on <= $as_of
),
made as (
    select first_lines.customer_id, first_lines.contract_id, first_lines.signed_on, first_lines.signed_on + 1 + time '23:59:59' as due_at,
        grid.interactions_seen_to as seen_to
    from first_lines
    inner join customers using (customer_id)
    inner join grid using (customer_id)
    anti join on_file using (customer_id)
    where first_lines.signed_on >= (select min(occurred_at)::date from interactions)
        and (customers.customer_since is null or customers.customer_since >= first_lines.signed_on)
),
owed as (
    select customer_id, contract_id, signed_on, due_at, true as given, promise_id, delivered_at, seen_to from on_file
    union all
    select customer_id, contract_id, signed_on, due_at, false, null, null, seen_to from made
),
contacts_made as (
    select customer_id, occurred_at, day
    from stg_interactions semi join owed using (customer_id)
    inner join grid using (customer_id)
    where outreach and day <= interactions_seen_to
),
answered as (
    select
        owed.*,
        (
            select min(contacts_made.occurred_at)
            from contacts_made
            where contacts_made.customer_id = owed.customer_id and contacts_made.day >= owed.signed_on
        ) as first_contact_at
    from owed
)
select
    customer_id, contract_id, signed_on, due_at, first_contact_at, given, promise_id, seen_to,
    case when given then delivered_at else first_contact_at end as kept_at,
    case when coalesce(kept_at <= due_at, false) then true when due_at::date <= seen_to then false end as kept
from answered
order by customer_id, signed_on, contract_id, promise_id;
