"""The command that loads an extract, and the options for file, format and mapping that other commands share."""

import argparse
import shlex
from datetime import date, datetime
from pathlib import Path
from typing import Any

from health.cli import output, session
from health.cli.command import Command, positive
from health.errors import Refused
from health.format import plural
from health.intake import load as intake
from health.intake.layout import Batch, WrongHeader, read_mapping, tables_with_header
from health.intake.mapping import Mapping, store
from health.intake.progress import ProgressCallback
from health.intake.reading import unpack
from health.intake.reading.sheet import Form
from health.tables import TABLES

_USAGE = "load takes TABLE FILE, or --mapping NAME FILE"
_FORMS = """Check an extract and load it (CSV, XLSX or Parquet).
TABLE FILE where the columns are named as ours are, --mapping NAME FILE where they are not, FILE alone where a mapping knows its header."""
_WRITTEN = " " * 28 + "[--encoding NAME] [--delimiter MARK] [--sheet NAME] [--header-line N]"
_WAYS_ON = "the Upload screen proposes a mapping for it, or name one with --mapping"
_DELIMITERS = {"tab": "\t", "\\t": "\t"}


def commands(command: Command) -> None:
    """load."""
    load = command("load", _load, _FORMS)
    load.usage = "%(prog)s [TABLE] FILE [--mapping NAME] [--dry-run] [--json] [--warehouse FILE]\n" + _WRITTEN
    load.add_argument(
        "what",
        nargs="+",
        metavar="[TABLE] FILE",
        help=f"the file, and before it the table that it fills: {', '.join(TABLES)}",
    )
    load.add_argument("--mapping", metavar="NAME", help="how an outside file feeds our tables: a TOML file, or the name of a saved mapping")
    load.add_argument("--dry-run", action="store_true", help="tell what would change; write nothing")
    form_of(load)


def form_of(parser: argparse.ArgumentParser) -> None:
    """Add the options for the format of a file (encoding, delimiter, sheet, header line)."""
    parser.add_argument("--encoding", metavar="NAME", help="how the letters of a CSV file are written, such as utf-8 or cp1252")
    parser.add_argument("--delimiter", metavar="MARK", help="what stands between the cells of a CSV file: , ; | tab or blanks")
    parser.add_argument(
        "--sheet",
        metavar="NAME",
        help="the sheet of a workbook (default: the visible one with rows; where several hold rows you are asked)",
    )
    parser.add_argument("--header-line", type=positive, metavar="N", help="the line, or row of the sheet, that holds the column names")


def form(options: argparse.Namespace) -> Form | None:
    """The format given by those options; None if none was given."""
    given = (options.encoding, options.delimiter, options.sheet, options.header_line)
    if given == (None, None, None, None):
        return None
    delimiter = _DELIMITERS.get(options.delimiter, options.delimiter)
    return Form(delimiter=delimiter, encoding=options.encoding, header_line=options.header_line, sheet=options.sheet)


def file_named(text: str) -> Path:
    """The path of one file. Errors: Refused for a folder."""
    if Path(text).is_dir():
        raise Refused(f"{text}: this is a folder; name a file in it, or load all its files with: inbox {text}")
    return Path(text)


def mapping_named(options: argparse.Namespace, name: str) -> Mapping:
    """The mapping in the TOML file of that name, else the saved one, else one shipped with the product. Errors: NotFound, Refused."""
    if name.endswith(".toml") or Path(name).is_file():
        return read_mapping(Path(name))
    shipped = store.SHIPPED / f"{name}.toml"
    with session.unwritten(options) as book:
        if shipped.is_file() and name not in store.saved_mappings(book)["name"]:
            return read_mapping(shipped)
        return store.find_mapping(book, name)


def _load(options: argparse.Namespace) -> dict[str, Any]:
    tell = output.progress()
    batch = _batch(options, tell)
    with session.unwritten(options) if options.dry_run else session.made(options) as book:
        preview = intake.prepare(book, batch, today=date.today(), progress=tell)
        if options.dry_run:
            return _tell_dry(preview)
        return tell_load(intake.commit(book, preview, actor=book.viewer.name, now=datetime.now(), progress=tell))


def _batch(options: argparse.Namespace, tell: ProgressCallback) -> Batch:
    """The file as text for each table it feeds, read before a warehouse is created."""
    if options.mapping:
        if len(options.what) != 1:
            output.usage("load --mapping NAME takes one FILE")
        mapping = mapping_named(options, options.mapping)
        return intake.read_file(file_named(options.what[0]), mapping=mapping, form=form(options), progress=tell)
    if len(options.what) == 1:
        return _recognised(options, tell)
    if len(options.what) != 2:
        output.usage(f"{_USAGE}, one file at a time; inbox loads a folder of them")
    table, file = options.what
    if table not in TABLES:
        output.usage(f"there is no table {table}; the tables are {', '.join(TABLES)}")
    try:
        return intake.read_file(file_named(file), table=table, form=form(options), progress=tell)
    except WrongHeader as problem:
        raise Refused(f"{problem.fact}; {_WAYS_ON}.") from problem


def _recognised(options: argparse.Namespace, tell: ProgressCallback) -> Batch:
    """The file read by the mapping that matches its header: in the detected or given format, else in that of a saved mapping."""
    path, given = file_named(options.what[0]), form(options)
    if not path.is_file() and path.name in TABLES:
        output.usage(f"{_USAGE}; {path.name} is a table, and its file is missing")
    problems: list[Refused] = []
    tables: list[str] = []
    with session.unwritten(options) as book:
        for tried in [given] if given else [None, *store.saved_forms(book)]:
            try:
                columns = unpack.read(path, tried, tell).columns
                known = store.recognise_mapping(book, columns)
            except Refused as problem:
                problems.append(problem)
                continue
            if known:
                output.words(f"{path.name}: its header is known to the mapping {known.name}, it is read by that.")
                return intake.read_file(path, mapping=known, form=given, progress=tell)
            tables = tables or tables_with_header(columns)
    if tables:
        ways = " or ".join(f"load {table} {shlex.quote(options.what[0])}" for table in tables)
        output.usage(f"{_USAGE}; the header of {path.name} is that of {' and of '.join(tables)}: {ways}")
    if problems:
        raise problems[0]
    output.usage(f"{_USAGE}; no mapping knows the header of {path.name}, {_WAYS_ON}")


def _tell_dry(preview: intake.Preview) -> dict[str, Any]:
    output.words("Dry run: nothing was written.")
    told = tell_load(preview.as_loaded())
    refused = preview.refused.sort("line").select("line", "reasons", table="table_name")
    warned = preview.warned.sort("line").select("line", "words", table="table_name")
    output.rows(refused.select("line", "table", "reasons").rows(), "refused")
    if problem := intake.reason_not_to_load(preview):
        output.words(f"Loading it would be refused: {problem}")
    output.rows(warned.select("line", "table", "words").rows(), "with a warning")
    return told | {"reasons": refused.head(output.SHOWN).to_dicts(), "warnings": warned.head(output.SHOWN).to_dicts()}


def tell_load(loaded: intake.Loaded) -> dict[str, Any]:
    """Print what was done and return it as an object."""
    tell_counts(loaded)
    if loaded.load_id is not None:
        output.words(f"Load {loaded.load_id} of {loaded.file}.")
        if any(t.refused for t in loaded.tables):
            output.words(f"See the refused rows with: refused {loaded.load_id} --out FILE.csv")
    return loaded.as_json() | {"notices": list(loaded.notices)}


def tell_counts(loaded: intake.Loaded) -> None:
    """Print the row counts per table and the notices."""
    for t in loaded.tables:
        output.words(
            f"{t.table}: {t.read:,} read = {t.accepted:,} accepted + {t.refused:,} refused ({t.skipped:,} skipped);"
            f" {t.added:,} added, {t.changed:,} changed, {t.unchanged:,} unchanged"
        )
    if loaded.warned:
        output.words(f"{plural(loaded.warned, 'row')} loaded with a warning.")
    for notice in [*loaded.notices, *([loaded.assumption] if loaded.assumption else [])]:
        output.words(notice)
