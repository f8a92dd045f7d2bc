-- one row per step in which the burden of a complaint fades: days after its resolution (at most half a year after it was raised), hundredths lost
create or replace temp view complaint_fades as
select unnest([60, 120, 180, 270, 365, 540, 730]) as after_days, unnest([20, 16, 14, 14, 10, 14, 12]) as lost_pct;
