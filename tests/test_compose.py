"""docker-compose.yml, read as Docker would: no door is open, no secret stands in it."""

from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # comes with what the encoder needs

from app.settings import Settings

COMPOSE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "docker-compose.yml").read_text()
)
SERVICES: dict[str, Any] = COMPOSE["services"]


def test_only_this_machine_reaches_the_web_process_and_nobody_the_rest() -> None:
    assert SERVICES["web"]["ports"] == ["127.0.0.1:8765:8765"]
    assert [name for name, told in SERVICES.items() if told.get("ports")] == ["web"]


def test_every_setting_in_it_is_one() -> None:
    known = {f"DARTBOARD_{name.upper()}" for name in Settings.model_fields}
    for name in ("web", "worker"):
        assert set(SERVICES[name]["environment"]) <= known
    assert SERVICES["web"]["environment"] == SERVICES["worker"]["environment"]


def test_the_passwords_lie_in_files() -> None:
    for name, told in SERVICES.items():
        for variable, value in told["environment"].items():
            assert "PASSWORD" not in variable or variable.endswith("_FILE"), name
            assert ":" not in str(value).partition("://")[2].partition("@")[0], "a password in it"
        assert set(told["secrets"]) <= set(COMPOSE["secrets"])


def test_what_a_service_keeps_lies_in_a_volume() -> None:
    for told in SERVICES.values():
        assert {volume.partition(":")[0] for volume in told["volumes"]} <= set(COMPOSE["volumes"])
    assert SERVICES["web"]["volumes"] == SERVICES["worker"]["volumes"]
