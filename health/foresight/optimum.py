"""The lowest point of a smooth loss whose parameters are all above 0: found in their logs, from 0."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]

from health.foresight.sample import Floats

Loss = Callable[[Floats], tuple[float, Floats]]
EDGE = 12.0
"""The logs stay within -12 and 12: where all customers are alike, the likelihood rises for ever and its parameters with it."""


def lowest(loss: Loss, parameters: int, start: Floats | None = None) -> tuple[Floats, float]:
    """(the parameters, their loss): by L-BFGS-B on the gradient, then Nelder and Mead's simplex from there.

    `loss` takes the parameters and gives its value and its gradient to them.
    """

    def by_logs(logs: Floats) -> tuple[float, Floats]:
        at = np.exp(logs)
        value, slope = loss(at)
        return value, slope * at

    first = np.zeros(parameters) if start is None else np.log(start)
    bounds = [(-EDGE, EDGE)] * parameters
    climbed = minimize(by_logs, first, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-7})
    simplex = climbed.x + np.vstack([np.zeros(parameters), np.eye(parameters) * np.where(climbed.x > 0, -0.01, 0.01)])
    small = {"initial_simplex": simplex, "xatol": 1e-7, "fatol": 1e-9, "maxiter": 2000}
    settled = minimize(lambda logs: loss(np.exp(np.clip(logs, -EDGE, EDGE)))[0], climbed.x, method="Nelder-Mead", options=small)
    best, value = (settled.x, settled.fun) if settled.fun < climbed.fun else (climbed.x, climbed.fun)
    return np.exp(np.clip(best, -EDGE, EDGE)), float(value)
