"""Who stands on a list today: what was done, put off or handed over keeps a customer away until its day, or until something new."""

from datetime import date

import polars as pl

from health.access import Viewer
from health.desk.worklist.actions import DONE, HANDED_OVER, SNOOZED
from health.score.wording import DAY

AWAY_COLUMNS = ["customer_id", "name", "owner", "kind", "until_on", "to_employee", "reason", "author_name", "made_at", "words"]


def split_worklist(
    now: pl.DataFrame, acted: pl.DataFrame, triggers: pl.DataFrame, as_of: date, employee_id: str | None, viewer: Viewer
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """(the rows of `now` that stand on the list, with a `note` where that needs one; those kept away: AWAY), both sorted by id.

    The list is the employee's where one is named, else an account manager's own; without either it is everybody's, and what was handed
    over stays on it with a note. A customer done or put off is back on its day, and at once for an urgent trigger that was not there to
    be seen. `acted`: `actions.last`.
    """
    whose = employee_id or (None if viewer.whole_book else viewer.author)
    held = now.join(_named(acted, triggers, as_of, now), on="customer_id", how="left", maintain_order="left").sort("customer_id")
    with_ = pl.col("handed_to")
    mine = pl.lit(True) if whose is None else (pl.col("owner") == whose).fill_null(False) | (with_ == whose).fill_null(False)
    elsewhere = pl.lit(False) if whose is None else (with_ != whose).fill_null(False)
    rests = pl.col("rests").fill_null(False)
    own = held.filter(mine).with_columns(_note().alias("note"))
    gone = own.filter(rests | elsewhere).with_columns(_words().alias("words"))
    names = {"why_acted": "reason"}
    return own.filter(~(rests | elsewhere)), gone.rename(names).select(AWAY_COLUMNS)


def _named(acted: pl.DataFrame, triggers: pl.DataFrame, as_of: date, now: pl.DataFrame) -> pl.DataFrame:
    """By customer the action that holds, whether it rests (its day ahead, and nothing new) or was woken, and whom it is with."""
    asked = acted.select("customer_id", "seen").explode("seen").rename({"seen": "key"})
    unseen = triggers.join(asked, on=["customer_id", "key"], how="anti").unique("customer_id")
    fresh = unseen.select("customer_id", pl.lit(True).alias("new"))
    owners = now.select("customer_id", pl.col("owner").alias("owner_now"))
    waits = pl.col("kind").is_in([DONE, SNOOZED]) & (pl.col("until_on") > as_of)
    new = pl.col("new").fill_null(False)
    void = (pl.col("to_role") == "account_manager") & ~pl.col("of_owner").eq_missing(pl.col("owner_now"))
    return (
        acted.rename({"reason": "why_acted"})
        .join(fresh, on="customer_id", how="left", maintain_order="left")
        .join(owners, on="customer_id", how="left", maintain_order="left")
        .with_columns(
            (waits & ~new).alias("rests"),
            (waits & new).alias("woken"),
            pl.when((pl.col("kind") == HANDED_OVER) & ~void).then("to_employee").alias("handed_to"),
        )
        .select(
            "customer_id", "kind", "until_on", "to_employee", "why_acted", "author_name", "to_name", "made_at", "rests",
            "woken", "handed_to",
        )
    )  # fmt: skip


def _note() -> pl.Expr:
    handed = pl.format("Handed over by {} to {}: {}", "author_name", "to_name", "why_acted")
    woken = pl.format("Back before {}: something urgent is new", pl.col("until_on").dt.strftime(DAY))
    return pl.when(pl.col("handed_to").is_not_null()).then(handed).when(pl.col("woken")).then(woken)


def _words() -> pl.Expr:
    why = pl.when(pl.col("why_acted").is_not_null()).then(pl.format(": {}", "why_acted")).otherwise(pl.lit(""))
    until, since = pl.col("until_on").dt.strftime(DAY), pl.col("made_at").dt.strftime(DAY)
    return (
        pl.when(pl.col("handed_to").is_not_null()).then(pl.format("With {} since {}{}", "to_name", since, why))
        .when(pl.col("kind") == DONE).then(pl.format("Done by {}, back on {}{}", "author_name", until, why))
        .otherwise(pl.format("Put off by {} until {}{}", "author_name", until, why))
    )  # fmt: skip
