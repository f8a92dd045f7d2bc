"""A twentieth of the fuzzing that `python -m tests.fuzz` does; and that it would notice a reader which loses or changes a record."""

import pytest

from health.intake.reading import unpack
from health.intake.reading.parse import parse_file
from health.intake.reading.sheet import Form, Sheet
from tests.fuzz.account import faults, run
from tests.fuzz.damage import written


def test_every_record_of_100_damaged_files_is_what_was_meant() -> None:
    count, wrong = run(parse_file, 100, 50_000)
    assert wrong == [] and count.accepted + count.refused == count.read and count.files >= 100 and count.read >= 50_000


def test_the_child_reads_no_other_than_this_process() -> None:
    count, wrong = run(lambda content, file, form: unpack.unpack(content, file, form), 4, 400, first=18)
    assert wrong == [] and count.files >= 4


def _lost(sheet: Sheet) -> Sheet:
    return Sheet(sheet.file, sheet.sha256, sheet.rows.head(-1), sheet.broken)


def _changed(sheet: Sheet) -> Sheet:
    name = sheet.columns[0]
    return Sheet(sheet.file, sheet.sha256, sheet.rows.with_columns(sheet.rows[name].str.strip_prefix("0")), sheet.broken)


def _twice(sheet: Sheet) -> Sheet:
    return Sheet(sheet.file, sheet.sha256, sheet.rows.vstack(sheet.rows.head(1)), sheet.broken)


@pytest.mark.parametrize("harm", [_lost, _changed, _twice])
def test_a_reader_that_loses_changes_or_doubles_a_record_would_be_noticed(harm: object) -> None:
    file = written(20, 30)
    sheet = parse_file(file.content, file.name, Form(**file.form))  # type: ignore[arg-type]
    assert faults(file, sheet) == [] and faults(file, harm(sheet)) != []  # type: ignore[operator]
