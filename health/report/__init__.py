"""Documents and files to take away: the client brief (PDF), the calendar (iCalendar). Rows and words in, bytes out."""
