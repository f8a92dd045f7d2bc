"""Check of the churn model by cohorts: later quarters predicted from the first ones (shifted-beta-geometric)."""

from dataclasses import dataclass

import polars as pl

from health import format as fmt
from health.errors import InsufficientData
from health.foresight.survival import sbg

MIN_CUSTOMERS, MIN_AGES = 100, 5
OBSERVED_LABEL, PREDICTED_LABEL = "observed", "predicted"


@dataclass(frozen=True)
class CohortCheck:
    """Result of the check, for cohorts observed from their first quarter.

    `fitted_quarters`: quarters used for the fit; the later ones are compared. `curves`: label, month (age in quarters), stays, low, high;
    `mape`: mean absolute percentage error of the later shares.
    """

    customers: int
    fitted_quarters: int
    curves: pl.DataFrame
    mape: float

    @property
    def sentence(self) -> str:
        """Accuracy of the prediction."""
        later = self.curves["month"].n_unique() - 1 - self.fitted_quarters
        return (
            f"Fitted on the first {self.fitted_quarters} quarters of {fmt.plural(self.customers, 'customer')}; average error over the next "
            f"{later} quarters: {fmt.rate(self.mape)} (sBG, Fader and Hardie 2007). It uses only the start date of a customer."
        )


def check(cohorts: pl.DataFrame) -> CohortCheck:
    """Check `cohorts.retention` by quarter, over as many quarters as possible. Raises InsufficientData."""
    complete = cohorts.filter(~pl.col("survivors")).drop_nulls("kept").filter(pl.col("customers") > 0)
    reach = complete.group_by("cohort").agg(pl.col("age").max().alias("reach"), pl.col("customers").max())
    error = InsufficientData(f"Not enough data yet: {MIN_CUSTOMERS} customers must be observed from their start for {MIN_AGES} quarters.")
    for age in reach["reach"].unique().sort(descending=True):
        if age + 1 >= MIN_AGES and _customers_reaching(reach, age) >= MIN_CUSTOMERS:
            try:
                return _check_members(complete.join(reach.filter(pl.col("reach") >= age), on="cohort", how="semi"), age)
            except InsufficientData as problem:  # the oldest are few; with those begun later more have left
                error = problem
    raise error


def _check_members(members: pl.DataFrame, age: int) -> CohortCheck:
    """Check cohorts that all reach an age."""
    survivors = (
        members.filter(pl.col("age") <= age)
        .group_by("age")
        .agg(pl.col("kept", "customers").sum())
        .sort("age")
        .with_columns((pl.col("kept") / pl.col("customers")).cum_min().alias("share"))
    )
    fitted = (survivors.height + 1) // 2
    model = sbg.fit((survivors["share"].head(fitted) * survivors["customers"][0]).to_list())
    predicted = float(survivors["share"][0]) * model.survival(survivors["age"].cast(pl.Float64).to_numpy())
    curve_rows = survivors.with_columns(pl.Series("foreseen", predicted))
    later = curve_rows.slice(fitted)
    mape = float(((later["foreseen"] - later["share"]).abs() / later["share"]).mean())  # type: ignore[arg-type]
    return CohortCheck(int(survivors["customers"][0]), fitted - 1, _curves(curve_rows), mape)


def _customers_reaching(reach: pl.DataFrame, age: int) -> int:
    """Customers in cohorts observed up to an age."""
    return int(reach.filter(pl.col("reach") >= age)["customers"].sum())


def _curves(curve_rows: pl.DataFrame) -> pl.DataFrame:
    sides = ((OBSERVED_LABEL, "share"), (PREDICTED_LABEL, "foreseen"))
    frames = [
        curve_rows.select(pl.lit(label).alias("label"), pl.col("age").alias("month"), pl.col(name).alias("stays")) for label, name in sides
    ]
    return pl.concat(frames).with_columns(pl.col("stays").alias("low"), pl.col("stays").alias("high"))
