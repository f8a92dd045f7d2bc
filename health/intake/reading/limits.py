"""How much of a file is read, each limit stated once; a file beyond one is refused in a sentence that names it."""

LARGEST_BYTES = 200_000_000
"""Of the file as it comes, and of what a GZ, a ZIP or a workbook unpacks to."""
MOST_ROWS, MOST_CELLS = 5_000_000, 30_000_000
MOST_SHEET_CELLS = 20_000_000
"""Of the rectangle up to a worksheet's last cell: its reader holds it whole."""
MOST_COLUMNS = 200
LONGEST_LINE = 1_000_000
LONGEST_CELL, MOST_JOINED_LINES = 32_767, 20
"""Characters of a cell (a spreadsheet's own limit) and lines of a record in quotes."""
MOST_ENTRIES = 1_000
"""Of an archive: a workbook of 300 sheets with drawings has fewer."""

SECONDS, MOST_READERS = 30.0, 2
"""Wall and processor time of the child that reads a file, and how many may read at once."""
ADDRESS_BYTES, RESIDENT_BYTES = 4_000_000_000, 940_000_000
"""Of that child: Polars aborts or hangs under 1 GB of address space; resident memory is looked at fifty times a second."""
