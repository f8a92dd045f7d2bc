"""Commands for file formats: the mappings, saved and shipped, and a template per table."""

import argparse
import shlex
from datetime import datetime
from pathlib import Path
from typing import Any

from health.cli import output, session
from health.cli.command import Command
from health.cli.load import file_named, form, form_of, mapping_named
from health.errors import NotFound, Refused
from health.format import plural
from health.intake import layout, mapping
from health.intake.mapping import store as saved
from health.intake.reading import unpack
from health.intake.template import template
from health.tables import TABLES


def commands(command: Command) -> None:
    """mappings, template."""
    listed = command("mappings", _mappings, "List the mappings, saved and shipped; save one for the header of a file, or write one out.")
    listed.add_argument("what", nargs="?", metavar="FILE or NAME", help="with --save a file of that kind, with --out a mapping's name")
    listed.add_argument("--save", metavar="M.toml", help="save this mapping, a file that is there, for every file with the header of FILE")
    listed.add_argument("--out", metavar="M.toml", help="write the mapping NAME to this file")
    form_of(listed)
    made = command("template", _template, "The header and an example row of a table, as a CSV file to fill in.")
    made.add_argument("table", nargs="?", metavar="TABLE", help=f"one of {', '.join(TABLES)}")
    made.add_argument("--out", metavar="FILE.csv", help="write it to this file (default: standard output)")
    made.add_argument("--all", metavar="DIR", help="write one file a table into this folder")


def _mappings(options: argparse.Namespace) -> dict[str, Any]:
    if options.save and options.out:
        output.usage("mappings takes --save or --out, not both")
    if not options.save and not options.out:
        if options.what:
            output.usage("mappings takes a FILE with --save, or a NAME with --out")
        return _list(options)
    if not options.what:
        output.usage("mappings --save M.toml takes a FILE, --out M.toml the NAME of a mapping")
    return _save(options) if options.save else _write(options)


def _list(options: argparse.Namespace) -> dict[str, Any]:
    with session.unwritten(options) as book:
        kept = saved.saved_mappings(book).drop("body").to_dicts()
    for row in kept:
        columns = plural(len(row["columns"]), "column")
        output.words(f"{row['name']}, version {row['version']}, saved {row['created_at']:%d %b %Y} by {row['author']}, for {columns}")
    shipped = sorted(path.stem for path in saved.SHIPPED.glob("*.toml"))
    for name in shipped:
        output.words(f"{name}, comes with the product")
    return {"saved": kept, "shipped": shipped}


def _save(options: argparse.Namespace) -> dict[str, Any]:
    """Save a mapping after applying it to the file."""
    path = Path(options.save)
    if not path.is_file():
        ways = f"make one on the Upload screen, which proposes it, or take one that there is: mappings --out {path} NAME"
        raise NotFound(f"{path}: there is no such file, and --save takes a mapping that is there already; {ways}")
    read = mapping.read(path)
    sheet = unpack.read(file_named(options.what), form(options) or read.form)
    layout.batch_from_mapping(read, sheet)
    with session.made(options) as book:
        name = path.stem
        version = saved.save(book, mapping.dumps(read), name, sheet.columns, author=book.viewer.name, now=datetime.now())
    known = f"files with these {plural(len(sheet.columns), 'column')} are loaded by it"
    unknown = f"a file without a header is not known by it, so name it: load --mapping {shlex.quote(name)} FILE"
    output.words(f"Saved as {name}, version {version}: {known if read.form.header else unknown}.")
    return {"name": name, "version": version, "columns": sheet.columns}


def _write(options: argparse.Namespace) -> dict[str, Any]:
    output.write_text(mapping.dumps(mapping_named(options, options.what)), options.out)
    return {"name": options.what, "out": options.out}


def _template(options: argparse.Namespace) -> dict[str, Any]:
    if bool(options.table) == bool(options.all):
        output.usage("template takes TABLE, or --all DIR")
    if options.all:
        return _templates(Path(options.all))
    if options.table not in TABLES:
        output.usage(f"there is no table {options.table}; the tables are {', '.join(TABLES)}")
    text = template(TABLES[options.table])
    if options.out:
        output.write_text(text, options.out)
    elif not options.json:
        print(text, end="")
    return {"table": options.table, "out": options.out, "template": text}


def _templates(folder: Path) -> dict[str, Any]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for table in TABLES.values():
            (folder / f"{table.name}.csv").write_text(template(table), encoding="utf-8")
    except OSError as problem:
        raise Refused(f"{folder}: the folder cannot be written; name another one.") from problem
    output.words(f"Wrote {plural(len(TABLES), 'template')} into {folder}.")
    return {"folder": str(folder), "tables": list(TABLES)}
