"""What every test may rely on: no setting of the person who runs them leaks in."""

import os

os.environ.pop("HEALTH_WAREHOUSE", None)  # the runner's own warehouse is never touched
for _threads in ("HEALTH_THREADS", "POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[_threads] = "1"  # the tests themselves run side by side; a second thread for small books is all overhead
