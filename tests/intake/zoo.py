"""Files that a reader of files should fear, built cheaply; for each what is to become of it on a small book of three customers.

`Beast.said` is what the one sentence holds, for a file refused as a whole or asked about; with `accepted` and `refused` it is what the
reasons of the refused rows hold.
"""

import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import xlsxwriter

from tests.intake.files import CONTRACTS, workbook

HEAD = CONTRACTS.splitlines()[0]
GOOD = "K7,C1,mobile,2024-01-01,,1.50,2"
TIGHT = "customer_id,name\n"
CUSTOMERS = "customer_id,name,region\nC7,Ida & Sons,north\nC8,Seven,NA\n0009,Zoë,\n"


@dataclass(frozen=True)
class Beast:
    """One file: its name, its bytes, the table it is for, and what is to become of it."""

    file: str
    build: Callable[[], bytes]
    said: str
    accepted: int = 0
    refused: int = 0
    table: str = "customers"


def whole(file: str, content: bytes | str | Callable[[], bytes], said: str, table: str = "customers") -> Beast:
    """A file that is refused as a whole, or asked about."""
    return Beast(file, _built(content), said, table=table)


def rows(
    content: bytes | str | Callable[[], bytes], said: str, refused: int = 1, accepted: int = 1, file: str = "z.csv", table: str = ""
) -> Beast:
    """A file of which some rows are refused, or of which all load as they should."""
    found = table or ("contracts" if isinstance(content, str) and content.startswith(HEAD) else "customers")
    return Beast(file, _built(content), said, accepted, refused, found)


def _built(content: bytes | str | Callable[[], bytes]) -> Callable[[], bytes]:
    return content if callable(content) else lambda: content.encode() if isinstance(content, str) else content


def line(bad: str) -> str:
    """A file of contracts with one good line and a bad one."""
    return f"{HEAD}\n{GOOD}\n{bad}\n"


def zipped(*entries: tuple[str, bytes], says: int | None = None, locked: bool = False) -> bytes:
    """A ZIP; `says`: the size that its last entry claims; `locked`: as if with a password."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries:
            packed.writestr(name, content)
        if says is not None:
            packed.filelist[-1].file_size = says
    content = bytearray(out.getvalue())
    if locked:
        content[6] |= 1
        content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def rebuilt(book: bytes, changes: dict[str, Callable[[bytes], bytes]], extra: dict[str, bytes] | None = None) -> bytes:
    """The workbook with some of its parts changed, and others added."""
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        held = {name: packed.read(name) for name in packed.namelist()}
    held |= {name: change(held[name]) for name, change in changes.items()}
    return zipped(*(held | (extra or {})).items())


def book(*cells: list[object]) -> bytes:
    """A workbook of one sheet of customers."""
    return workbook(("rows", [["customer_id", "name"], *cells], False))


def corner() -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, ["customer_id", "name"])
    sheet.write(1_048_575, 16_383, "x")
    made.close()
    return out.getvalue()


def formulas(value: str, kind: str = "") -> bytes:
    """A workbook whose second row has a formula with this for a value."""
    was, now = b"<f>1+1</f><v>0</v>", f"<f>1+1</f>{value}".encode()
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, ["customer_id", "name"])
    sheet.write_row(1, 0, ["C7", "fine"])
    sheet.write(2, 0, "C8")
    sheet.write_formula(2, 1, "=1+1")
    made.close()
    return rebuilt(
        out.getvalue(), {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(was, now).replace(b'r="B3"', f'r="B3"{kind}'.encode())}
    )


def old_days() -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"date_1904": True})
    sheet, days = made.add_worksheet(), made.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEAD.split(","))
    sheet.write_row(1, 0, ["K7", "C1", "mobile", None, None, 1.5, 2])
    sheet.write_datetime(1, 3, datetime(2024, 2, 29), days)
    made.close()
    return out.getvalue()


def parquet(**columns: object) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out)
    return out.getvalue()


def flipped(content: bytes) -> bytes:
    held = bytearray(content)
    for at in range(8, len(held) - 8, 7):
        held[at] ^= 0x55
    return bytes(held)


def long_parquet() -> bytes:
    out = io.BytesIO()
    pl.select(pl.repeat(1, 50_000_000, dtype=pl.Int8).alias("customer_id")).write_parquet(out)
    return out.getvalue()


def nested(deep: int) -> bytes:
    content = zipped(("a.csv", CUSTOMERS.encode()))
    for _ in range(deep):
        content = zipped(("a.zip", content))
    return content


def scrambled(size: int) -> bytes:
    """The same random bytes each time."""
    out, state = bytearray(), 7
    while len(out) < size:
        state = zlib.crc32(struct.pack("<I", state))
        out += struct.pack("<I", state)
    return bytes(out)


LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9)
)
LAUGHS += "]><sst><si><t>&j;</t></si></sst>"
XXE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst><si><t>&x;</t></si></sst>'
EICAR = "X5O!P%@AP[4" + "\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

ZOO: dict[str, Beast] = {
    # archives and bombs
    "a cell in the far corner": whole("z.xlsx", corner, "row 1,048,576 and column 16,384"),
    "a workbook of 1 GB of spaces": whole("z.xlsx", lambda: zipped(("xl/workbook.xml", b"<a/>"), ("xl/a.xml", b" "), says=10**9), "200 MB"),
    "a zip that says 1 GB": whole("z.zip", lambda: zipped(("a.csv", b" " * 9_999), says=10**9), "200 MB"),
    "a zip that lies about its size": whole("z.zip", lambda: zipped(("a.csv", b" " * 30_000_000), says=900), "incomplete or damaged"),
    "a gz bomb": whole("z.csv.gz", lambda: gzip.compress(b"a,b\n" * 250_000, 1) * 260, "unpacks to more than 200 MB"),
    "a gz cut in two": whole("z.csv.gz", lambda: gzip.compress(CUSTOMERS.encode() * 9)[:-30], "incomplete or damaged"),
    "a gz with a wrong sum": whole("z.csv.gz", lambda: gzip.compress(CUSTOMERS.encode())[:-8] + b"12345678", "incomplete or damaged"),
    "a gz of a gz": whole("z.gz", lambda: gzip.compress(gzip.compress(b"a,b\n1,2\n")), "another archive"),
    "a gz of nothing": whole("z.gz", lambda: gzip.compress(b""), "empty"),
    "a zip in a zip": whole("z.zip", lambda: nested(1), "another archive"),
    "a zip in a zip in a zip, nine deep": whole("z.zip", lambda: nested(9), "another archive"),
    "a zip of two files": whole("z.zip", lambda: zipped(("a.csv", b"a"), ("b.csv", b"b")), "holds 2 files"),
    "a zip of nothing": whole("z.zip", lambda: zipped(), "empty archive"),
    "a zip of 2,000 files": whole("z.zip", lambda: zipped(*((f"{n}", b"") for n in range(2_000))), "holds 2,000 files"),
    "a zip with a password": whole("z.zip", lambda: zipped(("a.csv", b"a,b\n1,2\n"), locked=True), "password"),
    "a zip that names a place outside": rows(lambda: zipped(("../../../etc/passwd", CUSTOMERS.encode())), "", 0, 3, "z.zip"),
    "a zip cut in two": whole("z.zip", lambda: zipped(("a.csv", CUSTOMERS.encode() * 99))[:200], "incomplete or damaged"),
    "a gz of rows": rows(lambda: gzip.compress(CUSTOMERS.encode()), "", 0, 3, "z.csv.gz"),
    "a zip of a workbook": rows(lambda: zipped(("a.xlsx", book(["C7", "x"]))), "", 0, 1, "z.zip"),
    # workbooks
    "an old workbook": whole("z.xls", OLE + bytes(600), "old Excel workbook"),
    "a workbook with a password": whole("z.xlsx", OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le"), "password"),
    "a workbook with macros": whole("z.xlsm", lambda: rebuilt(book(["C7", "x"]), {}, {"xl/vbaProject.bin": b"x"}), "macros"),
    "a binary workbook": whole("z.xlsb", lambda: zipped(("xl/workbook.bin", b"x")), "XLSB"),
    "an OpenDocument sheet": whole("z.ods", lambda: zipped(("mimetype", b"x"), ("content.xml", b"x")), "OpenDocument"),
    "a cut workbook": whole("z.xlsx", lambda: book(["C7", "x"])[:-400], "not a readable XLSX"),
    "a workbook without parts": whole("z.xlsx", lambda: zipped(("xl/workbook.xml", b"<a/>")), "not a readable XLSX"),
    "a workbook whose sheet is cut": whole(
        "z.xlsx", lambda: rebuilt(book(["C7", "x"]), {"xl/worksheets/sheet1.xml": lambda xml: xml[:300]}), "not a readable XLSX|empty"
    ),
    "a workbook named as text": rows(lambda: book(["C7", "x"]), "", 0, 1),
    "text named as a workbook": whole("z.xlsx", CUSTOMERS, "not a readable XLSX"),
    "billion laughs": whole("z.xlsx", lambda: rebuilt(book(["C7", "x"]), {"xl/sharedStrings.xml": lambda _: LAUGHS.encode()}), "entities"),
    "a workbook that asks for another file": whole(
        "z.xlsx", lambda: rebuilt(book(["C7", "x"]), {"xl/sharedStrings.xml": lambda _: XXE}), "entities"
    ),
    "entities in the list of sheets": whole(
        "z.xlsx", lambda: rebuilt(book(["C7", "x"]), {"xl/workbook.xml": lambda _: LAUGHS.encode()}), "entities"
    ),
    "hidden sheets alone": whole("z.xlsx", lambda: hidden(book(["C7", "x"])), "no visible sheet"),
    "an empty sheet": whole("z.xlsx", lambda: workbook(("a", [], False)), "empty"),
    "two sheets of rows": whole(
        "z.xlsx", lambda: workbook(("a", [["a", "b"], [1, 2]], False), ("b", [["a", "b"], [3, 4]], False)), "2 sheets contain rows"
    ),
    "a formula without a value": rows(lambda: formulas(""), "cell B3 contains a formula without a value", file="z.xlsx"),
    "a formula with an empty value": rows(lambda: formulas("<v></v>"), "cell B3 contains a formula without a value", file="z.xlsx"),
    "a formula that fails": rows(lambda: formulas("<v>#REF!</v>", ' t="e"'), "cell B3 contains the error #REF!", file="z.xlsx"),
    "days since 1904": rows(old_days, "", 0, 1, "z.xlsx", "contracts"),
    "a title above the header": rows(
        lambda: workbook(("a", [["Customers in June"], [], ["customer_id", "name", "tier"], ["C7", "x", "A"]], False)), "", 0, 1, "z.xlsx"
    ),
    "a total below the rows": rows(lambda: book(["C7", "x"], ["Total", None]), "is a total", file="z.xlsx"),
    "a workbook with a header twice": whole("z.xlsx", lambda: workbook(("a", [["a", "a"], [1, 2]], False)), "'a' twice"),
    "a workbook of 300 columns": whole("z.xlsx", lambda: workbook(("a", [[f"c{n}" for n in range(300)], [1] * 300], False)), "300 columns"),
    # Parquet
    "a cut Parquet file": whole("z.parquet", lambda: parquet(customer_id=["C7"] * 99, name=["x"] * 99)[:-60], "damaged"),
    "a Parquet file of flipped bits": whole("z.parquet", lambda: flipped(parquet(customer_id=["C7"] * 999, name=["x"] * 999)), "damaged"),
    "a Parquet file with nothing but its mark": whole("z.parquet", b"PAR1PAR1", "damaged"),
    "a Parquet file of 50 million rows": whole("z.parquet", long_parquet, "50,000,000 rows"),
    "a Parquet file of lists": whole("z.parquet", lambda: parquet(customer_id=[["C7"]], name=["x"]), "'customer_id' holds List"),
    "text named as Parquet": whole("z.parquet", CUSTOMERS, "not a readable PARQUET"),
    # not tables
    "nothing": whole("z.csv", b"", "empty"),
    "blanks": whole("z.csv", b"\n \n\t\n", "empty"),
    "a header": whole("z.csv", TIGHT, "no rows"),
    "a picture": whole("z.csv", b"\x89PNG\r\n\x1a\n" + bytes(99), "picture"),
    "a PDF": whole("z.csv", b"%PDF-1.7\n%", "PDF"),
    "a web page named as a workbook": whole("z.xls", b"<html><table><tr><td>customer_id</td></tr></table></html>", "web page"),
    "XML": whole("z.csv", b'<?xml version="1.0"?><a/>', "XML"),
    "JSON": whole("z.csv", json.dumps([{"customer_id": "C7", "name": "x"}]), "JSON"),
    "a database": whole("z.csv", b"SQLite format 3\0" + bytes(99), "database"),
    "a 7Z archive": whole("z.csv", b"7z\xbc\xaf\x27\x1c" + bytes(50), "7Z"),
    "random bytes": whole("z.csv", lambda: scrambled(50_000), "not text"),
    "zeros": whole("z.csv", bytes(50_000), "."),
    "what a virus scanner is tried with": whole("z.csv", EICAR, "no rows"),
    "a program": whole("z.csv", b"\x7fELF" + bytes(99), "program"),
    # characters
    "latin-1": whole("z.csv", TIGHT.encode() + "C7,Núñez\n".encode("latin-1"), "line 2: byte 0xfa is not UTF-8"),
    "overlong UTF-8": whole("z.csv", TIGHT.encode() + b"C7,\xc0\xaf\n", "line 2: byte 0xc0"),
    "half a surrogate": whole("z.csv", TIGHT.encode() + b"C7,\xed\xa0\x80\n", "line 2: byte 0xed"),
    "UTF-8 cut in a letter": whole("z.csv", TIGHT.encode() + b"C7,\xe2\x82", "line 2: byte 0xe2"),
    "UTF-16 without a mark": whole("z.csv", CUSTOMERS.encode("utf-16-le"), "nothing in the file states"),
    "UTF-16 that breaks off": whole("z.csv", CUSTOMERS.encode("utf-16")[:-1], "UTF-16"),
    "UTF-16 with a mark": rows(CUSTOMERS.encode("utf-16"), "", 0, 3),
    "UTF-32 with a mark": rows(CUSTOMERS.encode("utf-32"), "", 0, 3),
    "UTF-7": rows(f"{TIGHT}C7,+AOk-\n", "", 0, 1),
    "a mark in the middle": rows(TIGHT + "C7,x\n\ufeffC8,y\n", "byte order mark"),
    "a NUL": rows(TIGHT + "C7,x\nC8,y\0z\n", "NUL"),
    "marks of direction in the header": rows("\u202ecustomer_id\u202c,name\nC7,x\n", "", 0, 1),
    "names from right to left, and emoji": rows(TIGHT + "C7,\u05d0\u05d1 \u202eabc\nC8,\U0001f980\n", "", 0, 2),
    "form feeds and other ends of lines": rows(TIGHT + "C7,a\x0cb\u2028c\x85d\nC8,\x1ay\n", "", 0, 2),
    "a DOS end of file": rows(TIGHT + "C7,x\n\x1a", "1 cell where"),
    # shapes
    "10,000 columns": whole("z.csv", ",".join(f"c{n}" for n in range(10_000)) + "\n1\n", "10,000|10000 columns"),
    "a cell of 300 MB": whole("z.csv", lambda: b"x" * 300_000_000, "larger than 200 MB"),
    "a cell of 150 MB": rows(lambda: TIGHT.encode() + b"C7,fine\nC8," + b"x" * 150_000_000 + b"\n", "too long"),
    "lines of 40 MB": rows(lambda: TIGHT.encode() + (b"C7," + b"x" * 40_000_000 + b"\n") * 3 + b"C8,fine\n", "too long", 3),
    "a cell of 40,000 letters": rows(TIGHT + f"C7,x\nC8,{'y' * 40_000}\n", "longer than 32,767"),
    "100,000 quotes": rows(TIGHT + "C7,x\n" + '"' * 100_001 + "\n", "quote|longer|cell"),
    "quotes alone": whole("z.csv", '"\n"\n"\n', "quote|no name"),
    "marks alone": whole("z.csv", ",,,,\n,,,,\n", "column 1 has no name"),
    "a header twice": whole("z.csv", "name,name\na,b\n", "'name' twice"),
    "a header twice but for unseen marks": whole("z.csv", "name,\u2066name\na,b\n", "'name' twice"),
    "a name missing": whole("z.csv", "customer_id,\nC7,x\n", "no name"),
    "a header with an open quote": whole("z.csv", 'customer_id,"name\nC7,x\n', "quote"),
    "the header once more": rows(TIGHT + "C7,x\ncustomer_id,name\nC8,y\n", "repeats the header", 1, 2),
    "a total at the end": rows("name,customer_id\nx,C7\nTotal,\n", "is a total"),
    "a title above": rows("Customers in June\n\ncustomer_id;name;tier\nC7;x;A\nC8;y;B\n", "", 0, 2),
    "a footer": rows(TIGHT + "C7,x\n-- 1 row exported\n", "1 cell where"),
    "carriage returns": rows("customer_id,name\rC7,x\rC8,y\r", "", 0, 2),
    "mixed ends of lines": rows("customer_id,name\r\nC7,x\nC8,y\rC9,z\r\r\n", "", 0, 3),
    "apostrophes for quotes": rows("'customer_id','name'\n'C7','x, y'\n'C8','z'\n", "", 0, 2),
    "a stray quote": rows(TIGHT + 'C7,x\nC8,"y\nC9,z\n', "quote", 1, 2),
    "a cell of thirty lines": rows(TIGHT + 'C7,"' + "y\n" * 30 + 'z"\nC8,x\n', "quote|cell", 31, 1),
    "the wrong table": whole("z.csv", CONTRACTS, "does not fit the table customers"),
    "a column missing": whole("z.csv", "customer_id,colour\nC7,red\n", "needs the column name"),
    # values
    "an overflow": rows(line("K9,C1,mobile,2024-01-01,,1e309,1"), "'1e309'"),
    "not a number": rows(line("K9,C1,mobile,2024-01-01,,NaN,1"), "'NaN'"),
    "infinity": rows(line("K9,C1,mobile,2024-01-01,,inf,1"), "'inf'"),
    "a negative price": rows(line("K9,C1,mobile,2024-01-01,,-1,1"), "less than 0"),
    "a day in 2999": rows(line("K9,C1,mobile,2999-01-01,,1,1"), "2999"),
    "a day in doubt": rows(line("K9,C1,mobile,03/02/2026,,1,1"), "03/02/2026"),
    "an orphan": rows(line("K9,C404,mobile,2024-01-01,,1,1"), "'C404'"),
    "the same key twice": rows(line(GOOD), "already"),
    "a cell too few and one too many": rows(f"{HEAD}\n{GOOD}\n{GOOD},\nK9\n", "cell", 2),
    "zeros before an id, and NA": rows("customer_id,name,region\n00123,NA,NA\n", "", 0, 1),
}  # fmt: skip


def hidden(content: bytes) -> bytes:
    """The workbook with its sheet hidden."""
    return rebuilt(content, {"xl/workbook.xml": lambda xml: xml.replace(b'<sheet name="rows"', b'<sheet state="hidden" name="rows"')})
