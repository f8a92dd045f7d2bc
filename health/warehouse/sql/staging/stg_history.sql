-- one row per customer and day on which scores are stored, month ends or not, with all facts
from history
union all by name
from recent_days;
