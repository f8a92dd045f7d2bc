"""Churn rate of each band for its badge, if outcomes support the bands."""

from dataclasses import dataclass
from datetime import date

from health import format as fmt
from health.access import Book
from health.foresight.backtest import band_rates, cutoffs, thresholds
from health.foresight.backtest.panel import panel
from health.foresight.stats.proportions import Rate
from health.score import settings
from health.warehouse import facts

HORIZON_DAYS = 90
FEWEST = 50
"""Bands with fewer customers over all cut-offs show no rate."""
UNSUPPORTED = "churn rate not reliable yet"


@dataclass(frozen=True)
class BandChurn:
    """Churn within `horizon_days` by band, pooled over cut-offs.

    `supported`: whether outcomes separate the bands; `basis`: what the rates are based on, or why not to rely on them.
    """

    horizon_days: int
    rates: dict[str, Rate]
    supported: bool
    basis: str

    def words(self, band: str) -> str:
        """Text of the badge: 'At risk: 18 % left within 90 days (1,450 cases)', or that it is not supported yet."""
        word, rate = fmt.band(band).word, self.rates.get(band)
        if band not in band_rates.BANDS:
            return word
        if rate is None or not self.supported or rate.n < FEWEST:
            return f"{word}: {UNSUPPORTED}"
        return f"{word}: {fmt.share(rate.rate)} left within {self.horizon_days} days ({rate.n:,.0f} cases)"

    def help(self, band: str) -> str:
        """Interval and basis of the rate."""
        rate = self.rates.get(band)
        if rate is None:
            return self.basis
        return f"{rate.k:,} of {rate.n:,.0f}; 95{fmt.SPACE}% interval {fmt.interval(rate.low, rate.high)}. {self.basis}"


def band_churn(book: Book, as_of: date) -> BandChurn:
    """Compute churn by band as known on a day, under the settings in force; for all customers, whoever looks."""
    with book.reading() as session:
        span, in_force = facts.span(session), settings.in_force(session)
        days = cutoffs.matured_cutoffs(cutoffs.cutoffs(span, HORIZON_DAYS), as_of, HORIZON_DAYS)
        back_test = panel(session, HORIZON_DAYS, in_force, days) if days else None
    if back_test is None:
        basis = f"Too little history on {fmt.day(as_of)} to test the bands."
        return BandChurn(HORIZON_DAYS, {}, False, basis)
    rates = {
        row["band"]: Rate(row["rate"], row["low"], row["high"], row["lost"], row["customers"])
        for row in band_rates.by_band(back_test).iter_rows(named=True)
    }
    cutoff_text = f"{fmt.plural(len(days), 'test date')} from {fmt.day(days[0])} to {fmt.day(days[-1])}"
    if thresholds.propose_thresholds(back_test) is None:
        return BandChurn(HORIZON_DAYS, rates, False, f"At {cutoff_text}, churn did not differ clearly between the bands.")
    return BandChurn(HORIZON_DAYS, rates, True, f"Customers in this band at {cutoff_text}; each customer counts once per test date.")
