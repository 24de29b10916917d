"""Records as people write them, for properties."""

from hypothesis import strategies as st

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
ANSWER = TEXT.filter(lambda text: bool(text.strip()))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | TEXT
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
TAKEN = {
    "messages",
    "conversations",
    "conversation",
    "instruction",
    "input",
    "output",
    "system",
    "history",
    "chosen",
    "rejected",
    "prompt",
    "completion",
    "response",
    "question",
    "answer",
    "contents",
    "schemaVersion",
    "text",
    "kto_tag",
    "chosen_messages",
    "rejected_messages",
    "preferred_output",
}
COLUMNS = st.dictionaries(
    TEXT.filter(lambda name: name not in TAKEN)
    | st.sampled_from(["id", "label", "category", "source", "split", "lang", "tags", "tools"]),
    JSON,
    max_size=3,
).filter(lambda columns: not str(columns.get("tools")).strip().startswith("["))

ROLES_OF_SHAREGPT = (
    "human",
    "user",
    "gpt",
    "chatgpt",
    "bing",
    "assistant",
    "system",
    "tool",
    "function_call",
    "observation",
)
PART = st.builds(lambda text: {"type": "text", "text": text}, TEXT) | st.just(
    {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
)
CALLS = st.just([{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}])
MORE = st.fixed_dictionaries(
    {}, optional={"name": TEXT, "weight": st.integers(0, 1), "thinking": TEXT, "note": JSON}
)
MESSAGE = st.one_of(
    st.builds(
        lambda role, content, more: {"role": role, "content": content, **more},
        st.sampled_from(["system", "user", "assistant", "developer"]),
        TEXT | st.none() | st.lists(PART, max_size=3),
        MORE,
    ),
    st.builds(
        lambda content, calls: {"role": "assistant", **content, "tool_calls": calls},
        st.sampled_from([{}, {"content": None}, {"content": ""}, {"content": "so"}]),
        CALLS,
    ),
    st.builds(lambda text: {"role": "tool", "tool_call_id": "c1", "content": text}, TEXT),
)
MESSAGES = st.builds(
    lambda turns, answer, columns: {
        "messages": [*turns, {"role": "assistant", "content": answer}],
        **columns,
    },
    st.lists(MESSAGE, max_size=4),
    ANSWER,
    COLUMNS,
)

ALPACA = st.builds(
    lambda fixed, columns: {**fixed, **columns},
    st.fixed_dictionaries(
        {"instruction": TEXT, "output": ANSWER},
        optional={
            "input": TEXT | st.none(),
            "system": TEXT | st.none(),
            "history": st.none() | st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=2),
        },
    ),
    COLUMNS,
)

TURN = st.builds(
    lambda role, text, more: {"from": role, "value": text, **more},
    st.sampled_from(ROLES_OF_SHAREGPT),
    TEXT,
    st.fixed_dictionaries({}, optional={"weight": st.integers(0, 1), "note": JSON}),
)
SHAREGPT = st.builds(
    lambda name, turns, answer, system, columns: {
        name: [*turns, {"from": "gpt", "value": answer}],
        **system,
        **columns,
    },
    st.sampled_from(["conversations", "conversation"]),
    st.lists(TURN, max_size=4),
    ANSWER,
    st.fixed_dictionaries({}, optional={"system": TEXT | st.none()}),
    COLUMNS,
)

PAIRS = st.builds(
    lambda names, question, answer, columns: {names[0]: question, names[1]: answer, **columns},
    st.sampled_from(
        [
            ("prompt", "completion"),
            ("prompt", "response"),
            ("question", "answer"),
            ("input", "output"),
        ]
    ),
    TEXT,
    ANSWER,
    COLUMNS,
)
