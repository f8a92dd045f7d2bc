"""Commands for file formats: mappings, saved and shipped, and a template per table."""

import argparse
import shlex
from datetime import datetime
from pathlib import Path
from typing import Any

from health.cli import output, session
from health.cli.command import Command
from health.cli.load import add_format_options, file_format, file_path, find_mapping
from health.errors import InvalidInput, NotFound
from health.format import plural
from health.intake import layout, mapping
from health.intake.mapping import store as saved
from health.intake.reading import unpack
from health.intake.template import template
from health.tables import TABLES


def commands(command: Command) -> None:
    """Add the commands `mappings` and `template`."""
    mappings_parser = command("mappings", _mappings, "List the mappings, save one for the header of a file, or export one.")
    mappings_parser.add_argument(
        "what", nargs="?", metavar="FILE or NAME", help="with --save: a file with that header; with --out: the name of a mapping"
    )
    mappings_parser.add_argument("--save", metavar="M.toml", help="save this mapping file for every file with the header of FILE")
    mappings_parser.add_argument("--out", metavar="M.toml", help="export the mapping NAME to this file")
    add_format_options(mappings_parser)
    template_parser = command("template", _template, "Write a template for a table: header and one example row as CSV.")
    template_parser.add_argument("table", nargs="?", metavar="TABLE", help=f"one of {', '.join(TABLES)}")
    template_parser.add_argument("--out", metavar="FILE.csv", help="write it to this file (default: standard output)")
    template_parser.add_argument("--all", metavar="DIR", help="write one file per table into this folder")


def _mappings(options: argparse.Namespace) -> dict[str, Any]:
    if options.save and options.out:
        output.exit_with_usage("mappings takes --save or --out, not both")
    if not options.save and not options.out:
        if options.what:
            output.exit_with_usage("mappings takes a FILE with --save, or a NAME with --out")
        return _list(options)
    if not options.what:
        output.exit_with_usage("mappings --save M.toml takes a FILE, --out M.toml the NAME of a mapping")
    return _save(options) if options.save else _write(options)


def _list(options: argparse.Namespace) -> dict[str, Any]:
    with session.read_only_book(options) as book:
        saved_mappings = saved.saved_mappings(book).drop("body").to_dicts()
    for row in saved_mappings:
        columns = plural(len(row["columns"]), "column")
        output.print_message(
            f"{row['name']}, version {row['version']}, saved {row['created_at']:%d %b %Y} by {row['author']}, for {columns}"
        )
    shipped = sorted(path.stem for path in saved.SHIPPED.glob("*.toml"))
    for name in shipped:
        output.print_message(f"{name}, built in")
    return {"saved": saved_mappings, "shipped": shipped}


def _save(options: argparse.Namespace) -> dict[str, Any]:
    """Apply the mapping to the file, then save it for files with that header."""
    path = Path(options.save)
    if not path.is_file():
        hint = f"create one on the Upload screen, or export an existing one: mappings --out {path} NAME"
        raise NotFound(f"{path}: file not found; --save needs an existing mapping file: {hint}")
    new_mapping = mapping.read(path)
    sheet = unpack.read(file_path(options.what), file_format(options) or new_mapping.form)
    layout.batch_from_mapping(new_mapping, sheet)
    with session.open_book(options) as book:
        name = path.stem
        version = saved.save(book, mapping.dumps(new_mapping), name, sheet.columns, author=book.viewer.name, now=datetime.now())
    known_words = f"it is used for files with these {plural(len(sheet.columns), 'column')}"
    unknown_words = f"files without a header are not recognised, so name the mapping: load --mapping {shlex.quote(name)} FILE"
    output.print_message(f"Saved as {name}, version {version}: {known_words if new_mapping.form.header else unknown_words}.")
    return {"name": name, "version": version, "columns": sheet.columns}


def _write(options: argparse.Namespace) -> dict[str, Any]:
    """Write a mapping to a file."""
    output.write_text(mapping.dumps(find_mapping(options, options.what)), options.out)
    return {"name": options.what, "out": options.out}


def _template(options: argparse.Namespace) -> dict[str, Any]:
    if bool(options.table) == bool(options.all):
        output.exit_with_usage("template needs TABLE, or --all DIR")
    if options.all:
        return _templates(Path(options.all))
    if options.table not in TABLES:
        output.exit_with_usage(f"unknown table {options.table}; use one of {', '.join(TABLES)}")
    text = template(TABLES[options.table])
    if options.out:
        output.write_text(text, options.out)
    elif not options.json:
        print(text, end="")
    return {"table": options.table, "out": options.out, "template": text}


def _templates(folder: Path) -> dict[str, Any]:
    """Write one template per table into a folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for table in TABLES.values():
            (folder / f"{table.name}.csv").write_text(template(table), encoding="utf-8")
    except OSError as problem:
        raise InvalidInput(f"{folder}: the folder cannot be written to; use another one.") from problem
    output.print_message(f"Wrote {plural(len(TABLES), 'template')} into {folder}.")
    return {"folder": str(folder), "tables": list(TABLES)}
