"""The command line: python -m health. Exit 0 done, 1 refused with nothing changed, 2 wrong usage."""

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from health import portfolio
from health.access import Book, Viewer
from health.demo import WORLDS, generate
from health.errors import HealthError, Refused
from health.intake import load as intake
from health.intake.layout import read_mapping
from health.score import history
from health.score.components import COMPONENTS
from health.tables import TABLES
from health.warehouse import Warehouse
from health.warehouse.place import chosen_path

BANDS = ("healthy", "watch", "at_risk", "unknown", "leaving")
EXAMPLES = """examples:
  python -m health demo                                     fill an empty warehouse with the demo company
  python -m health load customers customers.csv --dry-run   see what a file would change
  python -m health load contracts contracts.csv             load it
  python -m health load --mapping data/mappings/telco_ibm.toml Telco-Customer-Churn.csv
  python -m health refused 3 --out mend.csv                 the refused rows of load 3, to mend and load again
  python -m health undo 3                                   take load 3 back
  python -m health score --out scores.csv                   every customer's health on the newest day
"""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        warehouse = Warehouse(chosen_path(options.warehouse))
        try:
            told = options.run(Book(Viewer(getpass.getuser(), "analyst"), warehouse), options)
        finally:
            warehouse.close()
    except HealthError as problem:
        print(f"refused: {problem}", file=sys.stderr)
        return 1
    code = int(told.pop("exit_code", 0))
    if options.json:
        print(json.dumps(told, default=str))
    return code


def _say(*words: object) -> None:
    print(*words, file=sys.stderr)


def _demo(book: Book, options: argparse.Namespace) -> dict[str, Any]:
    if options.clear:
        intake.clear_demo(book)
        _say("The demo company is gone; the warehouse is empty.")
        return {"cleared": True}
    intake.check_empty(book)
    _say(f"Inventing {options.customers:,} customers over {options.months} months (world {options.world}, seed {options.seed}) ...")
    company = generate(options.customers, options.months, options.seed, options.world)
    loaded = intake.load_demo(book, company.tables, name=f"demo-{options.world}-{options.seed}", actor=book.viewer.name, now=datetime.now())
    return _tell_load(loaded)


def _load(book: Book, options: argparse.Namespace) -> dict[str, Any]:
    if options.mapping:
        if len(options.what) != 1:
            _usage("load --mapping M.toml takes one FILE")
        preview = intake.prepare_file(book, Path(options.what[0]), mapping=read_mapping(Path(options.mapping)))
    else:
        if len(options.what) != 2:
            _usage("load takes TABLE FILE, or --mapping M.toml FILE")
        table, file = options.what
        if table not in TABLES:
            _usage(f"there is no table {table}; the tables are {', '.join(TABLES)}")
        preview = intake.prepare_file(book, Path(file), table=table)
    if options.dry_run:
        _say("Dry run: nothing was written.")
        return _tell_load(preview.as_loaded())
    return _tell_load(intake.commit(book, preview, actor=book.viewer.name, now=datetime.now()))


def _tell_load(loaded: intake.Loaded) -> dict[str, Any]:
    for t in loaded.tables:
        _say(
            f"{t.table}: {t.read:,} read = {t.accepted:,} accepted + {t.refused:,} refused ({t.skipped:,} skipped);"
            f" {t.added:,} added, {t.changed:,} changed, {t.unchanged:,} unchanged"
        )
    for notice in loaded.notices:
        _say(notice)
    if loaded.load_id is not None:
        _say(f"Load {loaded.load_id} of {loaded.file}.")
        if any(t.refused for t in loaded.tables):
            _say(f"See the refused rows with: refused {loaded.load_id} --out FILE.csv")
    return loaded.as_json()


def _loads(book: Book, options: argparse.Namespace) -> dict[str, Any]:
    frame = intake.loads(book)
    for row in frame.iter_rows(named=True):
        state = f"undone {row['undone_at']:%d %b %Y}" if row["undone_at"] else "loaded"
        _say(
            f"{row['load_id']:>5}  {row['loaded_at']:%d %b %Y %H:%M}  {row['accepted']:>9,} accepted"
            f" {row['refused']:>7,} refused  {state}  {row['file']}"
        )
    if frame.is_empty():
        _say("Nothing was loaded yet.")
    return {"loads": frame.to_dicts()}


def _refused(book: Book, options: argparse.Namespace) -> dict[str, Any]:
    frame = intake.refused(book, options.load_id)
    if options.out:
        _write(frame, options.out)
    for row in frame.head(0 if options.out else 20).iter_rows(named=True):
        _say(f"line {row['line']}, {row['table']}: {row['reasons']}")
    _say(f"{frame.height:,} refused rows in load {options.load_id}.")
    return {"load_id": options.load_id, "refused": frame.height, "out": options.out}


def _undo(book: Book, options: argparse.Namespace) -> dict[str, Any]:
    intake.undo(book, options.load_id, now=datetime.now())
    _say(f"Load {options.load_id} is undone.")
    return {"load_id": options.load_id, "undone": True}


def _score(book: Book, options: argparse.Namespace) -> dict[str, Any]:
    state = portfolio.state(book)
    as_of = options.as_of or state.as_of
    if state.empty or as_of is None:
        raise Refused("There is nothing to score yet: load customers and contracts, or the demo, first.")
    scored = portfolio.build(book, as_of).filter(pl.col("band").is_not_null())
    columns = [c.column for c in COMPONENTS if state.settings.weights.get(c.key)]
    table = scored.select("customer_id", "as_of", "health", "low", "high", "band", "coverage", *columns)
    if options.out:
        _write(table, options.out)
    bands = {band: scored.filter(pl.col("band") == band).height for band in BANDS}
    mean = scored["health"].mean()
    mean_health = None if mean is None else round(float(str(mean)), 2)
    shown = "unknown" if mean_health is None else f"{mean_health:.1f}"
    _say(
        f"As of {as_of}: {table.height:,} customers, mean health {shown}; "
        + ", ".join(f"{n:,} {band.replace('_', ' ')}" for band, n in bands.items())
    )
    return {"as_of": as_of, "customers": table.height, "bands": bands, "mean_health": mean_health}


def _rebuild(book: Book, options: argparse.Namespace) -> dict[str, Any]:
    with book.writing("load") as session:
        history.refresh(session, None)
    _say("Facts, points and history are made anew.")
    return {"rebuilt": True}


def _check(book: Book, options: argparse.Namespace) -> dict[str, Any]:
    findings = intake.findings(book)
    for finding in findings:
        _say(finding)
    _say("All is well." if not findings else f"{len(findings)} findings.")
    return {"ok": not findings, "findings": findings, "exit_code": int(bool(findings))}


def _write(frame: pl.DataFrame, out: str) -> None:
    path = Path(out)
    if path.suffix not in (".csv", ".parquet"):
        _usage(f"--out {out}: the file's name must end in .csv or .parquet")
    try:
        frame.write_parquet(path) if path.suffix == ".parquet" else frame.write_csv(path, float_precision=2)
    except OSError as problem:
        raise Refused(f"{out}: the file cannot be written; name one in a folder that is there.") from problem
    _say(f"Wrote {frame.height:,} rows to {out}.")


def _usage(message: str) -> None:
    print(f"{message} (see --help)", file=sys.stderr)
    raise SystemExit(2)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m health",
        description="Customer health: load, score and check.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--warehouse", metavar="FILE", help="the warehouse file (default data/warehouse.duckdb, or HEALTH_WAREHOUSE)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[Book, argparse.Namespace], dict[str, Any]], words: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=words, description=words)
        sub.add_argument("--json", action="store_true", help="print one JSON object to standard output")
        sub.set_defaults(run=run)
        return sub

    demo = command("demo", _demo, "Fill an empty warehouse with an invented company, or empty one that began so.")
    demo.add_argument("--customers", type=_positive, default=2000, help="how many (2000)")
    demo.add_argument("--months", type=_positive, default=36, help="months of history (36)")
    demo.add_argument("--seed", type=int, default=7, help="another seed, another company (7)")
    demo.add_argument(
        "--world", choices=WORLDS, default="demo", help="demo; null: nothing tells who leaves; contact-only: only contact does"
    )
    demo.add_argument("--clear", action="store_true", help="empty a warehouse that began as a demo")
    load = command("load", _load, "Check an extract and load it: TABLE FILE, or --mapping M.toml FILE (CSV, XLSX or Parquet).")
    load.add_argument("what", nargs="+", metavar="[TABLE] FILE", help=f"tables: {', '.join(TABLES)}")
    load.add_argument("--mapping", metavar="M.toml", help="how an outside file feeds our tables")
    load.add_argument("--dry-run", action="store_true", help="tell what would change; write nothing")
    command("loads", _loads, "List what was loaded, newest first.")
    refused = command("refused", _refused, "The rows of a load that were refused, with every reason.")
    refused.add_argument("load_id", type=int)
    refused.add_argument("--out", metavar="FILE.csv", help="write them, to mend and load again")
    command("undo", _undo, "Take a load back: its rows go, what it replaced returns.").add_argument("load_id", type=int)
    score = command("score", _score, "Health of every customer active or leaving on a day.")
    score.add_argument(
        "--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day (default: the newest on which something happened)"
    )
    score.add_argument("--out", metavar="FILE", help="write one row a customer, .csv or .parquet")
    command("rebuild", _rebuild, "Make facts, points and history anew from the rows.")
    command("check", _check, "Check that the warehouse agrees with itself.")
    return parser


if __name__ == "__main__":
    sys.exit(main())
