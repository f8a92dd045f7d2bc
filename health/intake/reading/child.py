"""The child process that reads one file. Its arguments TOLD ROWS BROKEN are the numbers of three open files that have no name.

The file comes as standard input, what is asked in TOLD; the answer goes there, the rows into the other two, progress to standard output.
"""

import json
import os
import sys
from pathlib import Path

from health.intake.reading import sandbox

sandbox.limit()

from health.errors import Ask, HealthError  # noqa: E402 (the limits stand before anything large is brought in)
from health.intake.reading.parse import parse  # noqa: E402
from health.intake.reading.sheet import Form, Sheet  # noqa: E402


def main() -> None:
    """Reads the file and answers; whatever goes wrong is an answer too."""
    told, rows, broken = (os.fdopen(int(number), "r+b") for number in sys.argv[1:4])
    asked = json.load(told)
    form = Form(**{**asked["form"], "columns": tuple(asked["form"]["columns"])})
    sandbox.close()
    try:
        sheet = parse(sys.stdin.buffer.read(), asked["file"], form, _tell)
        _tell("Handing the rows over", 0.92)
        sheet.rows.write_ipc(rows)
        sheet.broken.write_ipc(broken)
        answer = _answer(sheet)
    except HealthError as problem:
        answer = {"error": problem.code, "words": str(problem)}
        if isinstance(problem, Ask):
            answer |= {"setting": problem.setting, "choices": problem.choices}
    except BaseException as problem:  # noqa: BLE001 (a panic of Rust is no Exception)
        answer = {"error": "crash", "words": _where(problem)}
    told.seek(0)
    told.truncate()
    told.write(json.dumps(answer | {"resident": _most_resident()}).encode())
    told.flush()


def _tell(words: str, share: float) -> None:
    os.write(1, f"{share:.4f} {words}\n".encode())


def _answer(sheet: Sheet) -> dict[str, object]:
    told = ("sha256", "notices", "sheets", "mended", "valueless")
    return {"form": vars(sheet.form)} | {name: getattr(sheet, name) for name in told}


def _where(problem: BaseException) -> str:
    """What went wrong and where, without a word of what the file holds."""
    at = problem.__traceback__
    while at and at.tb_next:
        at = at.tb_next
    return type(problem).__name__ + (f" in {Path(at.tb_frame.f_code.co_filename).name}, line {at.tb_lineno}" if at else "")


def _most_resident() -> int:
    """The most memory this process held, in bytes; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, ValueError, IndexError):
        return 0


if __name__ == "__main__":
    main()
