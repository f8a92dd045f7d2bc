"""Contract lines and market prices on file."""

from __future__ import annotations

import numpy as np
import polars as pl

from health.demo.columns import date_column, id_column, money_column, text_column
from health.demo.customers import Customers
from health.demo.hazard import Departures
from health.demo.lines import NOTICE_DAYS, Lines
from health.demo.world import PRODUCTS, REGIONS, World


def contract_rows(lines: Lines, customers: Customers, world: World, departures: Departures) -> pl.DataFrame:
    """The lines on file, signed before the decision to leave and by the last day; notice is recorded on the last line."""
    last_day = world.calendar.last_day
    on_file = lines.signed <= np.minimum(departures.decided - 1, last_day)[:, None]
    customer, line = np.nonzero(on_file)
    is_last = line == on_file.sum(axis=1)[customer] - 1
    has_notice = is_last & (departures.announced[customer] <= last_day)
    rolling, end = lines.rolling[customer], lines.end[customer, line]
    # a newly priced rolling line ends the one before it
    replaced = rolling & ~is_last
    next_signing = np.maximum(lines.signed[customer, np.minimum(line + 1, on_file.shape[1] - 1)], world.calendar.first_day)
    notice = np.where(has_notice, departures.announced[customer], next_signing)
    terminated = np.where(has_notice, departures.left[customer], end)
    cost = np.array([0.62, 0.66, 0.58, 0.70])[customers.product[customer]] * lines.market[customer, line]
    return pl.DataFrame(
        {
            "customer_id": id_column("C", customers.number[customer]),
            "product": text_column(PRODUCTS, customers.product[customer]),
            "start_on": date_column(lines.start[customer, line]),
            "end_on": date_column(end, ~rolling),
            "unit_price": money_column(lines.price[customer, line]),
            "quantity": pl.Series(lines.quantity[customer, line]),
            "unit_cost": money_column(cost),
            "list_price": money_column(lines.market[customer, line] * 1.12),
            "signed_on": date_column(lines.signed[customer, line]),
            "notice_on": date_column(notice, has_notice | replaced),
            "terminated_on": date_column(terminated, replaced | (has_notice & (rolling | (departures.left[customer] < end)))),
            "notice_days": pl.Series(np.full(len(customer), NOTICE_DAYS)),
        }
    )


def market_rows(world: World) -> pl.DataFrame:
    """The published market prices: one source, known from one of the month's last days."""
    product, region, month = np.nonzero(~np.isnan(world.published))
    calendar = world.calendar
    observed = calendar.day(month + 1) - 1 - (product + 2 * region + month) % 4
    return pl.DataFrame(
        {
            "product": text_column(PRODUCTS, product),
            "region": text_column(REGIONS, region),
            "month": date_column(calendar.day(month)),
            "source": text_column(("price survey",), np.zeros_like(product)),
            "price": money_column(world.published[product, region, month]),
            "observed_on": date_column(observed),
        }
    )
