"""Run every compiled pattern of app/ over texts that make bad patterns slow; print how many."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import app

CHARACTERS = 5_000
SEEDS = (
    "a", " ", "\n", "\t", "0", "-", "|", "<a ", "<a>", '"', "\\", "(", ")", "[", "{", "}", ",", ".",
    ":", "'", "a ", "a-", "- ", "1) ", "a|", "|\n", "a:\n", "```", "=", "\n\n", "User: ", "a\n",
    "_", "#", " |", "\r\n", "<", "</a>", ";\n", "; ", "a,", "you are now ", "ignore ", "\u00e9",
)  # fmt: skip


def patterns() -> Iterator[tuple[str, "re.Pattern[str] | re.Pattern[bytes]"]]:
    """Each pattern of each module, those in tuples and dicts too."""
    for found in pkgutil.walk_packages(app.__path__, "app."):
        if found.name.endswith(".main"):
            continue  # they start things
        todo: list[object] = list(vars(importlib.import_module(found.name)).values())
        while todo:
            one = todo.pop()
            if isinstance(one, re.Pattern):
                yield found.name, one
            elif isinstance(one, dict):
                todo.extend(one.values())
            elif isinstance(one, tuple | list) and len(one) < 200:
                todo.extend(one)


def main() -> None:
    """Look for each pattern in each text; whoever runs this gives it a limit of time."""
    seen = {pattern: name for name, pattern in patterns()}
    for pattern, name in seen.items():
        print(name, repr(pattern.pattern)[:200], flush=True)
        for seed in SEEDS:
            text = (seed * CHARACTERS)[:CHARACTERS] + "\x01"
            pattern.search(text if isinstance(pattern.pattern, str) else text.encode())  # type: ignore[arg-type]
    print(f"patterns: {len(seen)}")


if __name__ == "__main__":
    main()
