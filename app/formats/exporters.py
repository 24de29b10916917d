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

__all__ = ["EXPORTERS", "Exporter"]
