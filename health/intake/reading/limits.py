"""Limits of file sizes and of the child process that reads files; a file beyond one is refused with a message that states it."""

LARGEST_BYTES = 200_000_000
"""Largest size of a file, packed and unpacked."""
MOST_ROWS, MOST_CELLS = 5_000_000, 30_000_000
MOST_SHEET_CELLS = 20_000_000
"""Most cells up to a worksheet's last cell; its reader keeps them all in memory."""
MOST_COLUMNS = 200
LONGEST_LINE = 1_000_000
LONGEST_CELL, MOST_JOINED_LINES = 32_767, 20
"""Most characters of a cell (the limit of spreadsheets) and most lines of a quoted record."""
MOST_ENTRIES = 1_000
"""Most entries of an archive; a workbook of 300 sheets with drawings has fewer."""

SECONDS, MOST_READERS = 30.0, 2
"""Wall and processor time of the child process, and how many may run at once."""
ADDRESS_BYTES, RESIDENT_BYTES = 4_000_000_000, 940_000_000
"""Memory limits of the child: Polars fails under 1 GB of address space; resident memory is checked fifty times a second."""
