"""What every test may rely on: no setting of the person who runs them leaks in."""

import os

os.environ.pop("HEALTH_WAREHOUSE", None)  # the runner's own warehouse is never touched
os.environ["HEALTH_THREADS"] = "1"  # the tests themselves run side by side; a second thread for small books is all overhead
