"""Files to take away: the client brief (PDF) and the calendar (iCalendar). Rows and texts in, bytes out."""
