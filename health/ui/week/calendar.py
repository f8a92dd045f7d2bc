"""The diary as a calendar file, for the person whose week it is."""

from datetime import date

from health.access import Book
from health.report import calendar, diary
from health.ui import cache


def calendar_file(book: Book, as_of: date, employee: str) -> bytes:
    """To save and open: the same bytes until the book changes."""
    return cache.ask(_file, book, as_of, employee)


def _file(book: Book, as_of: date, employee: str) -> bytes:
    return calendar.file(diary.diary_entries(book, as_of, employee if employee and book.viewer.whole_book else None), diary.TITLE)
