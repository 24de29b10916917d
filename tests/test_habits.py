"""House rules that no off-the-shelf checker knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "app").rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def method_calls(module: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node.lineno


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_only_the_database_module_ends_transactions(module: Path) -> None:
    calls = [line for name, line in method_calls(module) if name in {"commit", "rollback"}]
    assert not calls, f"{module}: use `with write() as session:` instead, lines {calls}"


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_modules_stay_short(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= 300


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_only_the_storage_room_asks_which_database_it_is(module: Path) -> None:
    if module.is_relative_to(ROOT / "app" / "storage"):
        return
    assert "dialect.name" not in module.read_text()


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_nothing_unpickles(module: Path) -> None:
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(module.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not imported & {"pickle", "joblib", "cloudpickle", "dill", "shelve", "marshal"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    idle = {"utils", "helpers", "common", "manager", "service", "handler", "base", "misc"}
    assert not {path.stem for path in MODULES} & idle
