"""The browser of the tests: `python tests/browser.py` finds one or installs it, and says so."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STRICT = bool(os.environ.get("DARTBOARD_TEST_STRICT"))


def find() -> str | None:
    """The path of a Chromium, or None."""
    named = os.environ.get("DARTBOARD_CHROMIUM")
    if named:
        return named
    return next((path for name in NAMES if (path := shutil.which(name))), None) or _playwrights()


def _playwrights() -> str | None:
    home = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    found = sorted(home.glob("chromium-*/chrome-linux*/chrome"))
    return str(found[-1]) if found else None


def install() -> None:
    """Debian's package when root, else Playwright's own build."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, env=quiet)
    if find() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """Find or install a browser; 1 when there is none and CI asks."""
    if find() is None:
        install()
    found = find()
    if found is None:
        print("No Chromium was found and none could be installed: browser tests will not run.")
        print("Install one, or name it in DARTBOARD_CHROMIUM, and run `make test` again.")
        return 1 if STRICT else 0
    print(f"browser: {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
