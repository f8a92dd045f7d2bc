"""Split customers into those on the list and those done, snoozed or handed over."""

from datetime import date

import polars as pl

from health.access import Viewer
from health.desk.worklist.actions import DONE, HANDED_OVER, SNOOZED
from health.score.wording import DAY

AWAY_COLUMNS = ["customer_id", "name", "owner", "kind", "until_on", "to_employee", "reason", "author_name", "made_at", "words"]


def split_worklist(
    now: pl.DataFrame, actions: pl.DataFrame, triggers: pl.DataFrame, as_of: date, employee_id: str | None, viewer: Viewer
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """Return (listed rows of `now`, with a `note` where needed; absent ones in AWAY_COLUMNS), both sorted by id.

    The list is that of the named employee, else an account manager's own; for other viewers it is everybody's, and customers handed over
    stay on it with a note. A customer done or snoozed returns on its day, or at once for an urgent trigger that was not seen. `actions`:
    `latest_actions`.
    """
    list_owner = employee_id or (None if viewer.whole_book else viewer.author)
    with_actions = now.join(_action_states(actions, triggers, as_of, now), on="customer_id", how="left", maintain_order="left").sort(
        "customer_id"
    )
    holder = pl.col("handed_to")
    on_list = (
        pl.lit(True) if list_owner is None else (pl.col("owner") == list_owner).fill_null(False) | (holder == list_owner).fill_null(False)
    )
    is_elsewhere = pl.lit(False) if list_owner is None else (holder != list_owner).fill_null(False)
    is_resting = pl.col("rests").fill_null(False)
    own_list = with_actions.filter(on_list).with_columns(_list_note().alias("note"))
    absent = own_list.filter(is_resting | is_elsewhere).with_columns(_absence_text().alias("words"))
    names = {"why_acted": "reason"}
    return own_list.filter(~(is_resting | is_elsewhere)), absent.rename(names).select(AWAY_COLUMNS)


def _action_states(actions: pl.DataFrame, triggers: pl.DataFrame, as_of: date, now: pl.DataFrame) -> pl.DataFrame:
    """Action in force by customer, whether it is still resting or back early, and the colleague it is with."""
    seen_keys = actions.select("customer_id", "seen").explode("seen").rename({"seen": "key"})
    unseen = triggers.join(seen_keys, on=["customer_id", "key"], how="anti").unique("customer_id")
    customers_with_news = unseen.select("customer_id", pl.lit(True).alias("new"))
    owners = now.select("customer_id", pl.col("owner").alias("owner_now"))
    is_waiting = pl.col("kind").is_in([DONE, SNOOZED]) & (pl.col("until_on") > as_of)
    has_news = pl.col("new").fill_null(False)
    is_void = (pl.col("to_role") == "account_manager") & ~pl.col("of_owner").eq_missing(pl.col("owner_now"))
    return (
        actions.rename({"reason": "why_acted"})
        .join(customers_with_news, on="customer_id", how="left", maintain_order="left")
        .join(owners, on="customer_id", how="left", maintain_order="left")
        .with_columns(
            (is_waiting & ~has_news).alias("rests"),
            (is_waiting & has_news).alias("woken"),
            pl.when((pl.col("kind") == HANDED_OVER) & ~is_void).then("to_employee").alias("handed_to"),
        )
        .select(
            "customer_id", "kind", "until_on", "to_employee", "why_acted", "author_name", "to_name", "made_at", "rests",
            "woken", "handed_to",
        )
    )  # fmt: skip


def _list_note() -> pl.Expr:
    handover_text = pl.format("Handed over by {} to {}: {}", "author_name", "to_name", "why_acted")
    return_text = pl.format("Back before {}: something urgent is new", pl.col("until_on").dt.strftime(DAY))
    return pl.when(pl.col("handed_to").is_not_null()).then(handover_text).when(pl.col("woken")).then(return_text)


def _absence_text() -> pl.Expr:
    reason_text = pl.when(pl.col("why_acted").is_not_null()).then(pl.format(": {}", "why_acted")).otherwise(pl.lit(""))
    return_day, acted_day = pl.col("until_on").dt.strftime(DAY), pl.col("made_at").dt.strftime(DAY)
    return (
        pl.when(pl.col("handed_to").is_not_null()).then(pl.format("With {} since {}{}", "to_name", acted_day, reason_text))
        .when(pl.col("kind") == DONE).then(pl.format("Done by {}, back on {}{}", "author_name", return_day, reason_text))
        .otherwise(pl.format("Put off by {} until {}{}", "author_name", return_day, reason_text))
    )  # fmt: skip
