"""Versioned records: each version is kept in full, with author and reason; version 1 is the default."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import polars as pl

from health.errors import InvalidInput, NotFound
from health.warehouse import Session

VERSION_COLUMNS: dict[str, Any] = {
    "version": pl.Int64, "author": pl.String, "reason": pl.String, "created_at": pl.Datetime("us"), "changed": pl.List(pl.String),
}  # fmt: skip


class Version(Protocol):
    """A frozen dataclass with a version number, stored as JSON (sequences are tuples)."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def version(self) -> int:
        """The version number."""


V = TypeVar("V", bound=Version)


@dataclass(frozen=True)
class VersionTable(Generic[V]):
    """The versions in one table of the warehouse, whose plural name is used in messages: 'the settings'.

    `default_version`: version 1, in force until another is saved; `changed`: the differences between two versions as text.
    """

    table: str
    default_version: V
    changed: Callable[[V, V], list[str]]

    def in_force(self, session: Session) -> V:
        """The newest version; the default if none was saved."""
        saved = self._saved_versions(session)
        return self._parse_version(saved.row(-1, named=True)) if saved.height else self.default_version

    def version(self, session: Session, number: int) -> V:
        """The version with that number. Raises NotFound."""
        if number == self.default_version.version:
            return self.default_version
        saved = self._saved_versions(session).filter(pl.col("version") == number)
        if saved.is_empty():
            raise NotFound(f"There is no version {number} of the {self.table}; the newest is {self.in_force(session).version}.")
        return self._parse_version(saved.row(0, named=True))

    def versions(self, session: Session) -> pl.DataFrame:
        """One row per version, newest first: version, author, reason, created_at, changed (texts, against the version before).

        The last row is the default version; its author and date are null.
        """
        saved = self._saved_versions(session)
        all_versions = [self.default_version, *map(self._parse_version, saved.iter_rows(named=True))]
        default_row: dict[str, Any] = dict.fromkeys(VERSION_COLUMNS) | {
            "version": self.default_version.version,
            "reason": "default",
            "changed": [],
        }
        saved_rows = [
            {name: row.get(name) for name in VERSION_COLUMNS} | {"changed": self.changed(before, after)}
            for row, before, after in zip(saved.iter_rows(named=True), all_versions[:-1], all_versions[1:], strict=True)
        ]
        return pl.DataFrame([default_row, *saved_rows], schema=VERSION_COLUMNS).reverse()

    def save(self, session: Session, new_version: V, author: str, reason: str, now: datetime) -> V:
        """Add a version based on `new_version.version`. Raises InvalidInput without a reason, or if another was saved meanwhile."""
        newest = self.in_force(session).version
        if new_version.version != newest:
            raise InvalidInput(f"The {self.table} were changed meanwhile (version {newest}); look at those, then save again.")
        if not author.strip() or not reason.strip():
            raise InvalidInput(f"A new version of the {self.table} needs an author and a reason; say in a few words why they are changed.")
        saved = replace(new_version, version=newest + 1)
        body = json.dumps({name: value for name, value in asdict(saved).items() if name != "version"}, sort_keys=True)
        row = {"version": saved.version, "author": author.strip(), "reason": reason.strip(), "created_at": now, "body": body}
        session.insert(self.table, pl.DataFrame([row]))
        return saved

    def _saved_versions(self, session: Session) -> pl.DataFrame:
        return session.rows(self.table).sort("version")

    def _parse_version(self, row: Mapping[str, Any]) -> V:
        body = {name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(row["body"]).items()}
        return replace(self.default_version, **body, version=row["version"])
