"""A browser, when there is one."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator

import pytest

NOT_PROVEN = (
    "NOT PROVEN: that our pages and formgrader work in a browser (sorting, filtering, dark mode, "
    "phone width, scores by hand). Missing: {missing}. Install: apt-get install chromium "
    "chromium-driver; pip install selenium"
)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Headless Chromium. Skips with a reason that says what stays unproven."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    chromedriver = shutil.which("chromedriver")
    found = {
        "Chromium": browser,
        "chromedriver": chromedriver,
        "selenium": importlib.util.find_spec("selenium"),
    }
    missing = [name for name, value in found.items() if not value]
    if missing:
        pytest.skip(NOT_PROVEN.format(missing=", ".join(missing)))
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = browser
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for argument in (*_ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    yield driver
    driver.quit()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A skipped browser test is said aloud, not only with -rs."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = {str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)}
    for reason in sorted(reason for reason in reasons if "NOT PROVEN" in reason):
        terminalreporter.write_line(reason, yellow=True, bold=True)
