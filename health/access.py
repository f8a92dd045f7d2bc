"""Who may see which customer: the Book is the one door from a page or command to the data."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import polars as pl

from health.errors import Forbidden, NotFound
from health.warehouse import Session, Warehouse

Role = Literal["executive", "account_manager", "analyst", "admin"]
Right = Literal["load", "settings", "override", "write"]
RIGHTS: dict[Right, tuple[Role, ...]] = {
    "load": ("analyst", "admin"),
    "settings": ("analyst", "admin"),
    "override": ("account_manager", "analyst", "admin"),
    "write": ("account_manager", "analyst", "admin"),
}


@dataclass(frozen=True)
class Viewer:
    """Who is looking. An account manager sees the customers whose owner is this employee; without one, none."""

    name: str
    role: Role
    employee_id: str | None = None

    @property
    def whole_book(self) -> bool:
        """Whether the role sees every customer."""
        return self.role != "account_manager"

    @property
    def author(self) -> str:
        """Whose hand a row is written in: the employee's id, or the name where none is known."""
        return self.employee_id or self.name


class Book:
    """The customers a viewer may see, and what the viewer may change."""

    def __init__(self, viewer: Viewer, warehouse: Warehouse) -> None:
        self.viewer = viewer
        self._warehouse = warehouse

    @property
    def version(self) -> int:
        """The version of the warehouse: part of every cache key."""
        return self._warehouse.version

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One read transaction; what is read in it goes through `own` before anybody sees it."""
        with self._warehouse.reading() as session:
            yield session

    @contextmanager
    def writing(self, right: Right) -> Iterator[Session]:
        """One write transaction, for a role that has the right. Raises Forbidden."""
        self.check(right)
        with self._warehouse.writing() as session:
            yield session

    def check(self, right: Right) -> None:
        """Raises Forbidden where the viewer's role lacks the right."""
        if not self.may(right):
            roles, own = (words.replace("_", " ") for words in (" or ".join(RIGHTS[right]), self.viewer.role))
            raise Forbidden(f"This needs the role {roles}; you are looking as {own}.")

    def may(self, right: Right) -> bool:
        """Whether the viewer's role has the right."""
        return self.viewer.role in RIGHTS[right]

    def own(self, session: Session, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame's rows of customers in this viewer's book; the frame has a customer_id."""
        if self.viewer.whole_book:
            return frame
        return frame.filter(pl.col("customer_id").is_in(self._own_ids(session).implode()))

    def own_id(self, session: Session, customer_id: str) -> str:
        """The id, where the viewer may see that customer. Raises NotFound, in the same words, for unknown and forbidden ones."""
        if not (self._own_ids(session) == customer_id).any():
            raise NotFound(f"There is no customer {customer_id} in your book.")
        return customer_id

    def _own_ids(self, session: Session) -> pl.Series:
        owner = None if self.viewer.whole_book else self.viewer.employee_id or ""
        return session.frame("queries/own_customers", owner=owner)["customer_id"]
