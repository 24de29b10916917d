"""The files that trainers accept, by name; one more trainer is one more module."""

from collections.abc import Mapping

from app.formats.exporter import Exporter
from app.formats.trainers import (
    alpaca_file,
    as_imported,
    axolotl,
    bedrock,
    fireworks,
    gemini,
    llamafactory,
    mistral,
    openai_chat,
    openai_dpo,
    sharegpt_file,
    together,
    trl,
    unsloth,
)

EXPORTERS: Mapping[str, Exporter] = {
    exporter.name: exporter
    for exporter in (
        openai_chat.OPENAI,
        openai_chat.AZURE,
        openai_dpo.OPENAI,
        bedrock.ANTHROPIC,
        bedrock.CONVERSATION,
        bedrock.REINFORCED,
        gemini.GEMINI,
        mistral.MISTRAL,
        mistral.FINETUNE,
        together.TOGETHER,
        openai_dpo.TOGETHER,
        fireworks.FIREWORKS,
        openai_dpo.FIREWORKS,
        trl.MESSAGES,
        trl.PROMPT_COMPLETION,
        trl.PREFERENCE,
        trl.KTO,
        trl.TEXT,
        axolotl.CHAT,
        axolotl.ALPACA,
        llamafactory.ALPACA,
        llamafactory.SHAREGPT,
        llamafactory.PREFERENCE,
        llamafactory.KTO,
        alpaca_file.ALPACA,
        sharegpt_file.SHAREGPT,
        unsloth.UNSLOTH,
        as_imported.AS_IMPORTED,
    )
}

TAKE_COLUMNS = frozenset(
    {
        trl.MESSAGES.name,
        trl.PROMPT_COMPLETION.name,
        trl.PREFERENCE.name,
        trl.KTO.name,
        trl.TEXT.name,
        axolotl.CHAT.name,
        axolotl.ALPACA.name,
        llamafactory.ALPACA.name,
        llamafactory.SHAREGPT.name,
        llamafactory.PREFERENCE.name,
        llamafactory.KTO.name,
        alpaca_file.ALPACA.name,
        sharegpt_file.SHAREGPT.name,
        unsloth.UNSLOTH.name,
        as_imported.AS_IMPORTED.name,
    }
)
"""Formats whose readers leave alone the columns that they do not know."""

__all__ = ["EXPORTERS", "TAKE_COLUMNS", "Exporter"]
