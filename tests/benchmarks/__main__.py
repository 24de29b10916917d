"""`make bench`: run every benchmark, or those named, one process each.

make bench ARGS="first_board geometry"
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main() -> int:
    """Run them in order; 1 if any failed."""
    wanted = sys.argv[1:]
    names = sorted(path.stem for path in FOLDER.glob("bench_*.py"))
    chosen = [name for name in names if not wanted or name.removeprefix("bench_") in wanted]
    failed = []
    for name in chosen:
        print(f"\n=== {name}", flush=True)
        module = f"tests.benchmarks.{name}"
        if subprocess.run([sys.executable, "-m", module], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
