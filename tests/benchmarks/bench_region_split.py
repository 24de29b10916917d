"""Does a test file ask anything new? `python -m tests.benchmarks.bench_region_split DIR...`

Each folder is an export in the format `alpaca` that was split. Of every test line the training line
with most words in common is looked for. No limit is held to: the figures are for comparing splits.
"""

import re
import sys
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import orjson

SHOWN = 5
_WORD = re.compile(r"\w+")

Line = dict[str, Any]


def read(path: Path) -> list[Line]:
    """The lines of a file."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def nearest(line: Line, known: list[tuple[set[str], Line]]) -> tuple[float, Line]:
    """The training line that shares most words with this one, and the share (Jaccard)."""
    words = set(_WORD.findall(line["instruction"].lower()))
    scored = ((len(words & other) / max(1, len(words | other)), one) for other, one in known)
    return max(scored, key=lambda pair: pair[0])


def main() -> None:
    """Print the figures of each folder."""
    for folder in map(Path, sys.argv[1:]):
        train, test = read(folder / "train.jsonl"), read(folder / "test.jsonl")
        learned = Counter(line["output"] for line in train)
        known = [(set(_WORD.findall(line["instruction"].lower())), line) for line in train]
        found = [(line, *nearest(line, known)) for line in test]
        same = sum(line["output"] == other["output"] for line, _, other in found)
        print(
            f"{folder.name}: {len(test):,} test lines with {len({one['output'] for one in test})}"
            f" answers; {sum(not learned[one['output']] for one in test):,} of them have an answer"
            f" that no training line has; shared words {median(s for _, s, _ in found):.2f};"
            f" the nearest training line has the same answer for {same / len(test):.0%}"
        )
        for line, score, other in found[:: max(1, len(found) // SHOWN)][:SHOWN]:
            print(f"  {score:.2f} {line['instruction']!r} / {other['instruction']!r}")


if __name__ == "__main__":
    main()
