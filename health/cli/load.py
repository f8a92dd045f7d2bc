"""The command `load`, and the options for file, format and mapping that other commands share."""

import argparse
import shlex
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from health.cli import output, session
from health.cli.command import Command, day, positive_number
from health.errors import InvalidInput
from health.format import plural
from health.intake import load as intake
from health.intake.layout import Batch, WrongHeader, read_mapping, tables_with_header, with_free_trials, with_scales
from health.intake.mapping import Mapping, store
from health.intake.progress import ProgressCallback
from health.intake.reading import unpack
from health.intake.reading.sheet import Form
from health.intake.scales import KINDS, SCALES
from health.tables import TABLES

_USAGE = "load needs TABLE FILE, or --mapping NAME FILE"
_DESCRIPTION = """Check a file and load it (CSV, XLSX or Parquet).
Give TABLE FILE if the file uses the column names of the template, --mapping NAME FILE if it uses others,
or only FILE if a saved mapping fits its header."""
_FORMAT_USAGE = " " * 28 + "[--complete-through DATE] [--encoding NAME] [--delimiter MARK] [--sheet NAME] [--header-line N]"
_MAPPING_HINT = "the Upload screen proposes a mapping for it, or choose one with --mapping"
_DELIMITERS = {"tab": "\t", "\\t": "\t"}


def commands(command: Command) -> None:
    """Add the command `load`."""
    parser = command("load", _load, _DESCRIPTION)
    parser.usage = "%(prog)s [TABLE] FILE [--mapping NAME] [--free-is-trial] [--dry-run] [--json] [--warehouse FILE]\n" + _FORMAT_USAGE
    parser.add_argument(
        "what",
        nargs="+",
        metavar="[TABLE] FILE",
        help=f"the table to fill, and the file; tables: {', '.join(TABLES)}",
    )
    parser.add_argument("--mapping", metavar="NAME", help="which column fills which field: a TOML file or the name of a saved mapping")
    parser.add_argument(
        "--free-is-trial", action="store_true", help="contract lines priced at 0 are trials, which do not count as contracts"
    )
    parser.add_argument("--complete-through", type=day, metavar="DATE", help="the day up to which the file is complete (default: not said)")
    parser.add_argument("--dry-run", action="store_true", help="show what would change without saving anything")
    for kind in KINDS:
        parser.add_argument(f"--{kind}-scale", choices=SCALES, help=f"scale of {kind} answers in surveys that state none")
    add_format_options(parser)


def add_format_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for the format of a file: encoding, delimiter, sheet, header line."""
    parser.add_argument("--encoding", metavar="NAME", help="encoding of a CSV file, such as utf-8 or cp1252")
    parser.add_argument("--delimiter", metavar="MARK", help="delimiter of a CSV file: , ; | tab or blanks")
    parser.add_argument(
        "--sheet",
        metavar="NAME",
        help="the sheet of a workbook (default: the only visible sheet with rows)",
    )
    parser.add_argument("--header-line", type=positive_number, metavar="N", help="the line or sheet row with the column names")


def file_format(options: argparse.Namespace) -> Form | None:
    """Return the format given by those options; None if none is given."""
    given = (options.encoding, options.delimiter, options.sheet, options.header_line)
    if given == (None, None, None, None):
        return None
    delimiter = _DELIMITERS.get(options.delimiter, options.delimiter)
    return Form(delimiter=delimiter, encoding=options.encoding, header_line=options.header_line, sheet=options.sheet)


def file_path(text: str) -> Path:
    """Return the path of one file. Raises InvalidInput for a folder."""
    if Path(text).is_dir():
        raise InvalidInput(f"{text}: this is a folder; give a file, or load all its files with: inbox {text}")
    return Path(text)


def find_mapping(options: argparse.Namespace, name: str) -> Mapping:
    """Return the mapping of that name: a TOML file, else a saved one, else one shipped with the product. Raises NotFound, InvalidInput."""
    if name.endswith(".toml") or Path(name).is_file():
        return read_mapping(Path(name))
    shipped = store.SHIPPED / f"{name}.toml"
    with session.read_only_book(options) as book:
        if shipped.is_file() and name not in store.saved_mappings(book)["name"]:
            return read_mapping(shipped)
        return store.find_mapping(book, name)


def _load(options: argparse.Namespace) -> dict[str, Any]:
    tell = output.progress()
    batch = with_free_trials(_batch(options, tell)) if options.free_is_trial else _batch(options, tell)
    if options.complete_through:
        batch = replace(batch, complete_through=options.complete_through)
    with session.read_only_book(options) if options.dry_run else session.open_book(options) as book:
        preview = intake.prepare(book, with_scales(batch, _scales(options)), today=date.today(), progress=tell)
        if options.dry_run:
            return _print_dry_run(preview)
        return print_load(intake.commit(book, preview, actor=book.viewer.name, now=datetime.now(), progress=tell))


def _scales(options: argparse.Namespace) -> dict[str, str]:
    """The scales declared for the survey answers of the file, by kind."""
    return {kind: scale for kind in KINDS if (scale := getattr(options, f"{kind}_scale"))}


def _batch(options: argparse.Namespace, tell: ProgressCallback) -> Batch:
    """Read the file as text for each table it fills, before a warehouse is created."""
    if options.mapping:
        if len(options.what) != 1:
            output.exit_with_usage("load --mapping NAME takes one FILE")
        mapping = find_mapping(options, options.mapping)
        return intake.read_file(file_path(options.what[0]), mapping=mapping, form=file_format(options), progress=tell)
    if len(options.what) == 1:
        return _recognised_batch(options, tell)
    if len(options.what) != 2:
        output.exit_with_usage(f"{_USAGE}, one file at a time; use inbox for a folder")
    table, file = options.what
    if table not in TABLES:
        output.exit_with_usage(f"unknown table {table}; use one of {', '.join(TABLES)}")
    try:
        return intake.read_file(file_path(file), table=table, form=file_format(options), progress=tell)
    except WrongHeader as problem:
        raise InvalidInput(f"{problem.fact}; {_MAPPING_HINT}.") from problem


def _recognised_batch(options: argparse.Namespace, tell: ProgressCallback) -> Batch:
    """Read the file with the mapping that matches its header, in the given or detected format, else in that of a saved mapping."""
    path, given = file_path(options.what[0]), file_format(options)
    if not path.is_file() and path.name in TABLES:
        output.exit_with_usage(f"{_USAGE}; {path.name} is a table; add the file")
    problems: list[InvalidInput] = []
    tables: list[str] = []
    with session.read_only_book(options) as book:
        for format_tried in [given] if given else [None, *store.saved_forms(book)]:
            try:
                columns = unpack.read(path, format_tried, tell).columns
                matching = store.recognise_mapping(book, columns)
            except InvalidInput as problem:
                problems.append(problem)
                continue
            if matching:
                output.print_message(f"{path.name}: read with the mapping {matching.name}, which fits its header.")
                return intake.read_file(path, mapping=matching, form=given, progress=tell)
            tables = tables or tables_with_header(columns)
    if tables:
        commands = " or ".join(f"load {table} {shlex.quote(options.what[0])}" for table in tables)
        output.exit_with_usage(f"{_USAGE}; the header of {path.name} fits {' and of '.join(tables)}: {commands}")
    if problems:
        raise problems[0]
    output.exit_with_usage(f"{_USAGE}; no mapping fits the header of {path.name}; {_MAPPING_HINT}")


def _print_dry_run(preview: intake.Preview) -> dict[str, Any]:
    """Print what loading the file would do, and return it as an object."""
    output.print_message("Dry run: nothing was saved.")
    result = print_load(preview.as_loaded())
    refused = preview.refused.sort("line").select("line", "reasons", table="table_name")
    warned = preview.warned.sort("line").select("line", "words", table="table_name")
    output.print_rows(refused.select("line", "table", "reasons").rows(), "refused")
    if problem := intake.reason_not_to_load(preview):
        output.print_message(f"The load would be refused: {problem}")
    output.print_rows(warned.select("line", "table", "words").rows(), "with a warning")
    return result | {"reasons": refused.head(output.MAX_LISTED).to_dicts(), "warnings": warned.head(output.MAX_LISTED).to_dicts()}


def print_load(loaded: intake.Loaded) -> dict[str, Any]:
    """Print what was done and return it as an object."""
    print_counts(loaded)
    if loaded.load_id is not None:
        output.print_message(f"Load {loaded.load_id} of {loaded.file}.")
        if any(counts.refused for counts in loaded.tables):
            output.print_message(f"See the refused rows with: refused {loaded.load_id} --out FILE.csv")
    return loaded.as_json() | {"notices": list(loaded.notices)}


def print_counts(loaded: intake.Loaded) -> None:
    """Print the row counts per table and the notices."""
    for counts in loaded.tables:
        output.print_message(
            f"{counts.table}: {counts.read:,} read = {counts.accepted:,} accepted + {counts.refused:,} refused"
            f" ({counts.skipped:,} skipped); {counts.added:,} added, {counts.changed:,} changed, {counts.unchanged:,} unchanged"
        )
    if loaded.complete_through:
        output.print_message(f"Complete through {loaded.complete_through}.")
    if loaded.warned:
        output.print_message(f"{plural(loaded.warned, 'row')} loaded with a warning.")
    for notice in [*loaded.notices, *([loaded.assumption] if loaded.assumption else [])]:
        output.print_message(notice)
