"""Which Chromium the browser tests drive. `python -m tests.browser.chromium` prints it, and exits 1 where there is none."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find() -> Path | None:
    """The one that CHROMIUM names, else one on the path, else the one Playwright keeps; None where there is none."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        if found := shutil.which(name):
            return Path(found)
    with sync_playwright() as playwright:
        kept = Path(playwright.chromium.executable_path)
    return kept if kept.exists() else None


if __name__ == "__main__":
    chromium = find()
    print(f"Browser: {chromium}" if chromium else "No Chromium was found.")
    sys.exit(chromium is None)
