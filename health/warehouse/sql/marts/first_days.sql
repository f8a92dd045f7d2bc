-- one row: the first day on file of what is scored only from then on
select
    (select min(occurred_at)::date from interactions) as first_interaction_on,
    (select min(opened_at)::date from complaints) as first_complaint_on;
