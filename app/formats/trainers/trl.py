"""TRL: language modelling, prompt and completion, preference, and unpaired preference (KTO)."""

from collections.abc import Mapping, Sequence

from app.formats import chat, demands
from app.formats.exporter import Configure, Exporter, Record
from app.formats.rule_book import RuleBook
from app.formats.rules import Demand
from app.formats.sample import Message, Rest, Sample, Turns

_SOURCE = "https://huggingface.co/docs/trl/dataset_formats"
# It names columns, roles, tools and what their arguments are; the rest is a precaution of ours.
_CHECKED = "2026-11-23"
_UNSAID = ("content", "text", "media", "tool_ids", "plain", "assistant", "unweighted", "last")
_KEYS = ("tool_calls", "tool_call_id", "name")
_TOOLS = "Arguments of tool calls are objects: datasets older than 4.7 cannot mix their types."
_SCRIPT = '''"""How {title} reads these files; name your model and its settings."""

from datasets import load_dataset
from trl import {trainer}Config, {trainer}Trainer

data = load_dataset("json", data_files={files})
trainer = {trainer}Trainer(
    model="your-model",
    args={trainer}Config(output_dir="trained"),
    train_dataset=data["train"],
    eval_dataset=data.get("validation"),
)
trainer.train()
'''


def messages(sample: Sample) -> dict[str, object]:
    """Every turn; all of them are trained unless the trainer is told otherwise."""
    return {"messages": _turns(sample.messages), **_tools(sample)}


def prompt_completion(sample: Sample) -> dict[str, object]:
    """The answer apart from what it answers: only the answer is trained."""
    answer = {"prompt": _turns(sample.prompt), "completion": _turns(sample.chosen)}
    return {**answer, **_tools(sample)}


def preference(sample: Sample) -> dict[str, object]:
    """The prompt once, and both answers."""
    both = {"chosen": _turns(sample.chosen), "rejected": _turns(sample.rejected)}
    return {"prompt": _turns(sample.prompt), **both, **_tools(sample)}


def unpaired(sample: Sample) -> dict[str, object]:
    """The answer, and whether it is a good one."""
    return {**prompt_completion(sample), "label": sample.desirable}


def _bare_completion(turns: Turns, rest: Rest, _extra: Record) -> dict[str, object]:
    prompt, chosen = chat.halves(turns, rest)
    return {"prompt": prompt, "completion": chosen}


def _bare_preference(turns: Turns, rest: Rest, _extra: Record) -> dict[str, object]:
    prompt, chosen = chat.halves(turns, rest)
    return {"prompt": prompt, "chosen": chosen, "rejected": rest["rejected"]}


def _bare_unpaired(turns: Turns, rest: Rest, extra: Record) -> dict[str, object]:
    return {**_bare_completion(turns, rest, extra), "label": rest["desirable"]}


def text(sample: Sample) -> dict[str, object]:
    """The bare text."""
    return {"text": "\n".join(message.content for message in sample.messages)}


def _turns(turns: Sequence[Message]) -> list[dict[str, object]]:
    written = [chat.turn(message, _KEYS) for message in turns]
    for message, record in zip(turns, written, strict=True):
        if "tool_calls" in record:
            record["tool_calls"] = [_call(call) for call in chat.calls_of(message)]
    return written


def _call(call: Mapping[str, object]) -> dict[str, object]:
    function = {**chat.function_of(call), "arguments": demands.arguments_of(call)}
    return {**call, "function": function}


def _tools(sample: Sample) -> dict[str, object]:
    return {"tools": sample.extra["tools"]} if sample.extra.get("tools") else {}


def _script(title: str, trainer: str) -> Configure:
    def configure(rows: Mapping[str, int], files: Mapping[str, str]) -> Mapping[str, bytes]:
        held = {split: files[split] for split in files if rows.get(split)}
        shown = "{" + ", ".join(f'"{split}": "{name}"' for split, name in held.items()) + "}"
        written = _SCRIPT.format(title=title, trainer=trainer, files=shown)
        return {"train_with_trl.py": written.encode()}

    return configure


def _demands(book: RuleBook) -> tuple[Demand, ...]:
    return (
        book.roles("system", "user", "assistant", "tool"),
        *book.standard("content", "text", "media", "tool_ids", "arguments", "tools"),
        book.only((*_KEYS, "weight")),
    )


def _answered(sample: Sample) -> str:
    return "" if sample.prompt else "There is no prompt before the answer."


def _trained(sample: Sample) -> str:
    """Only the answer is trained, so what stands before it may have any weight."""
    return demands.unweighted(Sample(sample.chosen))


_MESSAGES = RuleBook("trl-messages", _SOURCE, _CHECKED, _UNSAID)
_COMPLETION = RuleBook("trl-prompt-completion", _SOURCE, _CHECKED, _UNSAID)
_PREFERENCE = RuleBook("trl-preference", _SOURCE, _CHECKED, _UNSAID)
_KTO = RuleBook("trl-kto", _SOURCE, _CHECKED, _UNSAID)
_TEXT = RuleBook("trl-text", _SOURCE, _CHECKED, _UNSAID)

MESSAGES = Exporter(
    "trl-messages",
    "TRL messages (SFT)",
    (*_demands(_MESSAGES), *_MESSAGES.standard("assistant", "unweighted")),
    messages,
    bare=chat.bare,
    dialect="messages",
    note=f"Training answers only needs a chat template with generation marks. {_TOOLS}",
    configure=_script("TRL", "SFT"),
)
PROMPT_COMPLETION = Exporter(
    "trl-prompt-completion",
    "TRL prompt and completion (SFT)",
    (
        *_demands(_COMPLETION),
        *_COMPLETION.standard("last"),
        _COMPLETION.demand(
            "unweighted", "The last answer has no weight of 0.", _trained, looks="beside"
        ),
        _COMPLETION.demand(
            "prompt", "Something is asked before the answer.", _answered, looks="outline"
        ),
    ),
    prompt_completion,
    bare=_bare_completion,
    dialect="trl_prompt_completion",
    note=f"Only the last answer is trained. {_TOOLS}",
    configure=_script("TRL", "SFT"),
)
PREFERENCE = Exporter(
    "trl-preference",
    "TRL preference pairs (DPO)",
    (*_demands(_PREFERENCE), *_PREFERENCE.standard("answers", "unweighted")),
    preference,
    bare=_bare_preference,
    kinds=("preference",),
    dialect="trl_preference",
    note=_TOOLS,
    configure=_script("TRL", "DPO"),
)
KTO = Exporter(
    "trl-kto",
    "TRL unpaired preference (KTO)",
    (*_demands(_KTO), *_KTO.standard("last", "judged", "unweighted")),
    unpaired,
    bare=_bare_unpaired,
    kinds=("kto",),
    dialect="trl_kto",
    note=_TOOLS,
    configure=_script("TRL", "KTO"),
)
TEXT = Exporter(
    "trl-text",
    "Bare text (TRL, Together, mistral-finetune)",
    _TEXT.standard("content", "text", "media"),
    text,
    kinds=("text",),
    dialect="text",
    configure=_script("TRL", "SFT"),
)
