"""The contract lines and market prices on file: what of the lines was signed, and where word of leaving stands."""

from __future__ import annotations

import numpy as np
import polars as pl

from health.demo.columns import dates, ids, money, words
from health.demo.customers import Customers
from health.demo.hazard import Leaving
from health.demo.lines import NOTICE_DAYS, Lines
from health.demo.world import PRODUCTS, REGIONS, World


def contract_rows(lines: Lines, customers: Customers, world: World, leaving: Leaving) -> pl.DataFrame:
    """The lines on file: signed before the decision and within the book; word of leaving stands on the last one."""
    last_day = world.calendar.last_day
    kept = lines.signed <= np.minimum(leaving.decided - 1, last_day)[:, None]
    who, line = np.nonzero(kept)
    is_last = line == kept.sum(axis=1)[who] - 1
    gone = is_last & (leaving.said[who] <= last_day)
    rolling, end = lines.rolling[who], lines.end[who, line]
    # a newly priced rolling line ends the one before it
    replaced = rolling & ~is_last
    follower = np.maximum(lines.signed[who, np.minimum(line + 1, kept.shape[1] - 1)], world.calendar.first_day)
    notice = np.where(gone, leaving.said[who], follower)
    terminated = np.where(gone, leaving.left[who], end)
    cost = np.array([0.62, 0.66, 0.58, 0.70])[customers.product[who]] * lines.market[who, line]
    return pl.DataFrame(
        {
            "customer_id": ids("C", customers.number[who]),
            "product": words(PRODUCTS, customers.product[who]),
            "start_on": dates(lines.start[who, line]),
            "end_on": dates(end, ~rolling),
            "unit_price": money(lines.price[who, line]),
            "quantity": pl.Series(lines.quantity[who, line]),
            "unit_cost": money(cost),
            "list_price": money(lines.market[who, line] * 1.12),
            "signed_on": dates(lines.signed[who, line]),
            "notice_on": dates(notice, gone | replaced),
            "terminated_on": dates(terminated, replaced | (gone & (rolling | (leaving.left[who] < end)))),
            "notice_days": pl.Series(np.full(len(who), NOTICE_DAYS)),
        }
    )


def market_rows(world: World) -> pl.DataFrame:
    """The published market prices: one source, known on one of the month's last days."""
    product, region, month = np.nonzero(~np.isnan(world.published))
    calendar = world.calendar
    observed = calendar.day(month + 1) - 1 - (product + 2 * region + month) % 4
    return pl.DataFrame(
        {
            "product": words(PRODUCTS, product),
            "region": words(REGIONS, region),
            "month": dates(calendar.day(month)),
            "source": words(("price survey",), np.zeros_like(product)),
            "price": money(world.published[product, region, month]),
            "observed_on": dates(observed),
        }
    )
