"""Data with known faults: ten topics wanted alike, with as many of each as one asks for."""

import orjson

WORDS = ("egg", "bread", "soup", "cake", "rice", "pasta", "salad", "curry", "pie", "stew")


def asked(topic: int, number: int) -> str:
    """One question about a topic."""
    return f"{WORDS[topic]} " * 3 + f" how long at {number} degrees in oven {number % 7}"


def data_of(counts: list[int]) -> bytes:
    """JSON Lines with counts[t] questions, and answers, about topic t."""
    rows = [(topic, n) for topic, count in enumerate(counts) for n in range(count)]
    records = [{"prompt": asked(t, n), "completion": f"answer {t} {n}"} for t, n in rows]
    return b"\n".join(orjson.dumps(record) for record in records)


def labelled(counts: list[int]) -> bytes:
    """The same, each with its topic as its label."""
    rows = [(topic, n) for topic, count in enumerate(counts) for n in range(count)]
    records = [
        {"prompt": asked(t, n), "completion": f"answer {t} {n}", "label": WORDS[t]} for t, n in rows
    ]
    return b"\n".join(orjson.dumps(record) for record in records)


def reference() -> bytes:
    """Forty questions about each topic."""
    rows = [{"prompt": asked(topic, 1000 + n)} for topic in range(10) for n in range(40)]
    return b"\n".join(orjson.dumps(row) for row in rows)
