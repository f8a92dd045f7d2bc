"""Child process that reads one file. Arguments: ANSWER ROWS BROKEN, descriptors of three unnamed open files.

The file comes on standard input and the request in ANSWER; the answer replaces the request, rows and broken records go to the other two
files, progress to standard output.
"""

import json
import os
import sys
from pathlib import Path

from health.intake.reading import sandbox

sandbox.limit_resources()

from health.errors import AmbiguousFile, HealthError  # noqa: E402 (limits apply before large imports)
from health.intake.reading.parse import parse_file  # noqa: E402
from health.intake.reading.sheet import Form, Sheet  # noqa: E402


def main() -> None:
    """Read the file and write the answer; errors are answers too."""
    answer_file, rows_file, broken_file = (os.fdopen(int(number), "r+b") for number in sys.argv[1:4])
    request = json.load(answer_file)
    form = Form(**{**request["form"], "columns": tuple(request["form"]["columns"])})
    sandbox.forbid_side_effects()
    try:
        sheet = parse_file(sys.stdin.buffer.read(), request["file"], form, _send_progress)
        _send_progress("Passing on the rows", 0.92)
        sheet.rows.write_ipc(rows_file)
        sheet.broken.write_ipc(broken_file)
        answer = _answer(sheet)
    except HealthError as problem:
        answer = {"error": problem.code, "words": str(problem)}
        if isinstance(problem, AmbiguousFile):
            answer |= {"setting": problem.setting, "choices": problem.choices}
    except BaseException as problem:  # noqa: BLE001 (a panic of Rust is no Exception)
        answer = {"error": "crash", "words": _crash_location(problem)}
    answer_file.seek(0)
    answer_file.truncate()
    answer_file.write(json.dumps(answer | {"resident": _peak_memory()}).encode())
    answer_file.flush()


def _send_progress(stage: str, share: float) -> None:
    os.write(1, f"{share:.4f} {stage}\n".encode())


def _answer(sheet: Sheet) -> dict[str, object]:
    attributes = ("sha256", "notices", "sheets", "mended", "valueless")
    return {"form": vars(sheet.form)} | {name: getattr(sheet, name) for name in attributes}


def _crash_location(problem: BaseException) -> str:
    """Type and place of an error, without any content of the file."""
    frame = problem.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    return type(problem).__name__ + (f" in {Path(frame.tb_frame.f_code.co_filename).name}, line {frame.tb_lineno}" if frame else "")


def _peak_memory() -> int:
    """Peak memory of this process in bytes; 0 if the system does not report it."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, ValueError, IndexError):
        return 0


if __name__ == "__main__":
    main()
