"""Minimisation of a smooth function of positive parameters, on their logs."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]

from health.foresight.stats.arrays import Floats

Objective = Callable[[Floats], tuple[float, Floats]]
EDGE = 12.0
"""Bounds of the logs, -12 to 12: where all customers are alike, the likelihood rises without limit."""
FLAT = 1e-6
"""Gradient, as a share of the function's value, below which a point counts as the minimum."""


def minimize_positive(loss: Objective, parameters: int, start: Floats | None = None) -> tuple[Floats, float]:
    """(parameters, minimum): L-BFGS-B on the gradient, then Nelder-Mead from there if it stopped on a slope.

    `loss` returns its value and its gradient.
    """
    start_logs = np.zeros(parameters) if start is None else np.log(start)
    scale = max(abs(loss(np.exp(start_logs))[0]), 1.0)

    def scaled(logs: Floats) -> tuple[float, Floats]:
        value, slope = _in_logs(loss, logs)
        return value / scale, slope / scale

    bounds = [(-EDGE, EDGE)] * parameters
    gradient_result = minimize(
        scaled, start_logs, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500, "ftol": 1e-15, "gtol": 1e-9}
    )
    best, value = gradient_result.x, gradient_result.fun
    if np.abs(gradient_result.jac[np.abs(best) < EDGE]).max(initial=0.0) > FLAT * abs(value):
        simplex = best + np.vstack([np.zeros(parameters), np.eye(parameters) * np.where(best > 0, -0.01, 0.01)])
        options = {"initial_simplex": simplex, "xatol": 1e-7, "fatol": 1e-13, "maxiter": 2000}
        simplex_result = minimize(lambda logs: scaled(np.clip(logs, -EDGE, EDGE))[0], best, method="Nelder-Mead", options=options)
        best, value = (simplex_result.x, simplex_result.fun) if simplex_result.fun < value else (best, value)
    return np.exp(np.clip(best, -EDGE, EDGE)), float(value) * scale


def _in_logs(loss: Objective, logs: Floats) -> tuple[float, Floats]:
    parameters = np.exp(logs)
    value, slope = loss(parameters)
    return value, slope * parameters
