"""Amazon Bedrock: Anthropic's messages, Bedrock's own conversations, and reinforcement tuning."""

from app.formats import bedrock_conversation, chat, demands
from app.formats.exporter import Exporter
from app.formats.rule_book import RuleBook
from app.formats.sample import Message, Sample

_ANTHROPIC = RuleBook(
    "bedrock-anthropic", "https://platform.claude.com/cookbook/finetuning-finetuning-on-bedrock"
)
_CONVERSATION = RuleBook(
    "bedrock-conversation",
    "https://docs.aws.amazon.com/bedrock/latest/userguide/preparing-text-data.html",
)
_REINFORCED = RuleBook(
    "bedrock-rft",
    "https://docs.aws.amazon.com/bedrock/latest/userguide/rft-prepare-data-open-weight.html",
)


def anthropic(sample: Sample) -> dict[str, object]:
    """System prompt at the top, messages of role and content, and no other key."""
    turns: dict[str, object] = {
        "messages": [chat.turn(message) for message in demands.spoken_in(sample)]
    }
    system = _system(sample)
    return {"system": system.content, **turns} if system else turns


def conversation(sample: Sample) -> dict[str, object]:
    """Everybody's words as a list of blocks of text."""
    system = _system(sample)
    return {
        "schemaVersion": bedrock_conversation.SCHEMA,
        **({"system": [{"text": system.content}]} if system else {}),
        "messages": [
            {"role": message.role, "content": [{"text": message.content}]}
            for message in demands.spoken_in(sample)
        ],
    }


def reinforced(sample: Sample) -> dict[str, object]:
    """The question as messages, and the answer that the grader compares with."""
    asked = [chat.turn(message) for message in sample.prompt]
    return {"messages": asked, "reference_answer": sample.messages[-1].content}


def _two(sample: Sample) -> str:
    count = len(demands.spoken_in(sample))
    return f"There are {count} messages." if count < 2 else ""


def _system(sample: Sample) -> Message | None:
    starts = bool(sample.messages) and sample.messages[0].role == "system"
    return sample.messages[0] if starts else None


ANTHROPIC = Exporter(
    "bedrock-anthropic",
    "Anthropic on Bedrock (Claude 3 Haiku)",
    (
        _ANTHROPIC.roles("system", "user", "assistant"),
        *_ANTHROPIC.standard("system"),
        _ANTHROPIC.demand(
            "two",
            "Beside the system prompt there are at least two messages.",
            _two,
            looks="outline",
        ),
        *_ANTHROPIC.standard("first", "last", "alternation", "content", "text", "media"),
        _ANTHROPIC.only(),
    ),
    anthropic,
    dialect="messages",
    note="The model ended on 10 September 2026. Quotas of lines and tokens are not verified.",
)
CONVERSATION = Exporter(
    "bedrock-conversation",
    "Bedrock conversation (distillation, Nova)",
    (
        _CONVERSATION.roles("system", "user", "assistant"),
        *_CONVERSATION.standard(
            "system", "first", "last", "alternation", "content", "text", "media"
        ),
        _CONVERSATION.only(),
    ),
    conversation,
    dialect="bedrock_conversation",
    note="Anthropic and Llama models take one question and one answer only; Nova takes more.",
)
REINFORCED = Exporter(
    "bedrock-rft",
    "Bedrock reinforcement fine-tuning (open-weight models)",
    (
        _REINFORCED.roles("system", "user", "assistant"),
        *_REINFORCED.standard("system", "first", "last", "content", "text", "media"),
        _REINFORCED.only(),
        *_REINFORCED.limits(min_rows=100, max_rows=20_000),
    ),
    reinforced,
    note="The last answer becomes the reference answer.",
)
