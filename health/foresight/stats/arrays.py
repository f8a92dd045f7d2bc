"""Array types of the statistics, and NaN as None."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def none_if_nan(value: object) -> float | None:
    """A plain number; None for NaN."""
    number = float(str(value))
    return None if number != number else number
