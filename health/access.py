"""Who may see which customer: pages and commands reach the data only through a Book."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import polars as pl

from health.errors import Forbidden, NotFound
from health.warehouse import Session, Warehouse

Role = Literal["executive", "account_manager", "analyst", "admin"]
Right = Literal["load", "settings", "override", "write", "save_view"]
RIGHTS: dict[Right, tuple[Role, ...]] = {
    "load": ("analyst", "admin"),
    "settings": ("analyst", "admin"),
    "override": ("account_manager", "analyst", "admin"),
    "write": ("account_manager", "analyst", "admin"),
    "save_view": ("executive", "account_manager", "analyst", "admin"),
}
"""Roles by right. `save_view`: one's own filters, which change nothing for others."""


@dataclass(frozen=True)
class Viewer:
    """The user. An account manager sees the customers owned by `employee_id`; without an employee id, none."""

    name: str
    role: Role
    employee_id: str | None = None

    @property
    def whole_book(self) -> bool:
        """Whether the role sees every customer."""
        return self.role != "account_manager"

    @property
    def author(self) -> str:
        """The author recorded with an entry: the employee's id, else the name."""
        return self.employee_id or self.name


class Book:
    """The customers that a viewer may see, and what the viewer may change."""

    def __init__(self, viewer: Viewer, warehouse: Warehouse) -> None:
        self.viewer = viewer
        self._warehouse = warehouse

    @property
    def version(self) -> int:
        """The version of the warehouse, one higher after each write."""
        return self._warehouse.version

    @property
    def cache_key(self) -> tuple[str | None, ...]:
        """Cache key of a viewer's results: everything that decides which rows are visible, and the data version."""
        return (self.viewer.name, self.viewer.role, self.viewer.employee_id, str(self.version))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read transaction; pass what is read through `own` before showing it."""
        with self._warehouse.reading() as session:
            yield session

    @contextmanager
    def writing(self, right: Right) -> Iterator[Session]:
        """A write transaction. Raises Forbidden if the viewer's role lacks the right."""
        self.check(right)
        with self._warehouse.writing() as session:
            yield session

    def check(self, right: Right) -> None:
        """Raise Forbidden if the viewer's role lacks the right."""
        if not self.may(right):
            roles, own_role = (words.replace("_", " ") for words in (" or ".join(RIGHTS[right]), self.viewer.role))
            raise Forbidden(f"This needs the role {roles}; your role is {own_role}.")

    def may(self, right: Right) -> bool:
        """Whether the viewer's role has the right."""
        return self.viewer.role in RIGHTS[right]

    def own(self, session: Session, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of customers that the viewer may see; the frame needs a customer_id."""
        if self.viewer.whole_book:
            return frame
        return frame.filter(pl.col("customer_id").is_in(self._own_ids(session).implode()))

    def own_id(self, session: Session, customer_id: str) -> str:
        """The id of a customer that the viewer may see. Raises NotFound, with the same message for unknown and forbidden ids."""
        if not (self._own_ids(session) == customer_id).any():
            raise NotFound(f"Customer {customer_id} was not found among your customers.")
        return customer_id

    def _own_ids(self, session: Session) -> pl.Series:
        owner = None if self.viewer.whole_book else self.viewer.employee_id or ""
        return session.frame("queries/own_customers", owner=owner)["customer_id"]
