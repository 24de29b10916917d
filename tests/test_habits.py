"""House rules that no off-the-shelf checker knows."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "app").rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def nodes_of(module: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(module.read_text())))


def method_calls(module: Path) -> Iterator[tuple[str, int]]:
    for node in nodes_of(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node.lineno


def imports_of(module: Path) -> Iterator[str]:
    for node in nodes_of(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_only_the_database_module_ends_transactions() -> None:
    ends = {"commit", "rollback"}
    calls = {
        f"{name_of(module)}:{line}"
        for module in MODULES
        for name, line in method_calls(module)
        if name in ends
    }
    assert not calls, "use `with write() as session:` instead"


def test_modules_stay_short() -> None:
    lines = {name_of(module): len(module.read_text().splitlines()) for module in MODULES}
    assert {name: count for name, count in lines.items() if count > 300} == {}


def test_only_the_storage_room_asks_which_database_it_is() -> None:
    others = [module for module in MODULES if not module.is_relative_to(ROOT / "app" / "storage")]
    assert [name_of(it) for it in others if "dialect.name" in it.read_text()] == []


def test_nothing_unpickles() -> None:
    unsafe = {"pickle", "joblib", "cloudpickle", "dill", "shelve", "marshal"}
    found = {
        name_of(module)
        for module in MODULES
        for name in imports_of(module)
        if name.split(".")[0] in unsafe
    }
    assert not found


def test_no_module_has_a_name_that_says_nothing() -> None:
    idle = {"utils", "helpers", "common", "manager", "service", "handler", "base", "misc"}
    assert not {path.stem for path in MODULES} & idle


FRAMEWORK = {
    "load_dialect_impl", "process_bind_param", "process_result_value", "column_expression",
    "get_col_spec", "self_group",
}  # fmt: skip
"""Called by SQLAlchemy, not by us."""


def uncalled(folder: Path) -> Iterator[str]:
    """Public functions whose name stands nowhere but where they are defined.

    Decorated ones are left out: a route, a command or a listener is called by its frame.
    """
    sources = [*folder.rglob("*.py"), *(ROOT / "templates").rglob("*.html")]
    words = Counter(word for path in sources for word in re.findall(r"\w+", path.read_text()))
    defined: Counter[str] = Counter()
    plain = set()
    for module in folder.rglob("*.py"):
        for node in nodes_of(module):
            if isinstance(node, ast.FunctionDef):
                defined[node.name] += 1
                if not node.decorator_list and not node.name.startswith("_"):
                    plain.add(node.name)
    yield from sorted(n for n in plain - FRAMEWORK if words[n] <= defined[n])


def test_no_function_is_kept_for_later() -> None:
    assert list(uncalled(ROOT / "app")) == []


def test_a_function_that_nobody_calls_is_found(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("def used():\n    pass\n\ndef idle():\n    used()\n")
    assert list(uncalled(tmp_path)) == ["idle"]
