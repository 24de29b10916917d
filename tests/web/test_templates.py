"""House rules of templates, styles and scripts: UI.md 1, 7 and 9."""

import re
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.web import keys
from app.web.render import make_templates

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if '{% extends "base.html" %}' in path.read_text()]
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))

# What only htmx 2 knows: attributes, events and configuration that htmx 4 would ignore in silence.
HTMX_2_ONLY = (
    "hx-ext=", "hx-vars=", "hx-params=", "hx-prompt=", "hx-disinherit", "hx-inherit=",
    "hx-request=", "hx-history=", "hx-disabled-elt", "htmx:afterSwap", "htmx:beforeSwap",
    "htmx:afterRequest", "htmx:beforeRequest", "htmx:configRequest", "htmx:responseError",
    "htmx:sendError", "htmx:afterSettle", "htmx:load", "defaultSwapStyle", "includeIndicatorStyles",
    "historyRestoreAsHxRequest", "globalViewTransitions",
)  # fmt: skip
# These need eval, which the Content-Security-Policy forbids.
NEED_EVAL = ("hx-on:", "hx-on-", "hx-vals='js:", 'hx-vals="js:')
SAMPLE_TEXT = (
    "message.content", "message.extra", "sample.raw", "sample.pretty", "row.preview", "row.label",
    "line.preview", "reject.text", "reject.reason", "card.name", "card.task", "upload.filename or",
    "line.remark", "sample.label",
)  # fmt: skip
JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


class Tags(HTMLParser):
    """Every start tag with its attributes; Jinja's own marks are taken out first."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(JINJA.sub("", source))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_template_compiles(path: Path) -> None:
    templates = make_templates(ROOT / "templates")
    templates.env.get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_page_has_a_title(path: Path) -> None:
    assert re.search(r"{% block title %}[^{]*\S.*{% endblock %}", path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_element_that_htmx_reads_carries_the_nonce(path: Path) -> None:
    for tag, attributes in Tags(path.read_text()).found:
        read = [name for name in attributes if name.startswith("hx-") and name != "hx-ignore"]
        assert not read or "hx-nonce" in attributes, f"<{tag} {' '.join(read)}>"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_nothing_needs_what_the_policy_forbids(path: Path) -> None:
    source = path.read_text()
    for tag, attributes in Tags(source).found:
        assert "style" not in attributes, f"<{tag} style>"
        handlers = [name for name in attributes if name.startswith("on")]
        assert not handlers, f"<{tag} {handlers}>"
        if tag == "script" and attributes.get("type") != "application/json":
            assert "nonce" in attributes
            assert "src" in attributes
    assert not [word for word in NEED_EVAL if word in source]
    assert not re.search(r'hx-trigger="[^"]*\[', source), "trigger filters need eval"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_nothing_is_marked_safe(path: Path) -> None:
    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup\(", path.read_text())


@pytest.mark.parametrize("path", [*TEMPLATES, *SCRIPTS], ids=name_of)
def test_nothing_speaks_htmx_2(path: Path) -> None:
    source = path.read_text()
    assert not [word for word in HTMX_2_ONLY if word in source]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_text_of_samples_stands_in_an_element_that_htmx_ignores(path: Path) -> None:
    source = JINJA.sub(lambda mark: mark[0].replace("<", "").replace(">", ""), path.read_text())
    for text in SAMPLE_TEXT:
        for found in re.finditer(r"{{ " + re.escape(text) + r"[^}]*}}(?!.*endblock)", source):
            before = source[: found.start()]
            opened = before.rfind("<")
            element = before[before.rfind("<", 0, opened + 1) :]
            around = before[max(0, opened - 160) :]
            assert "hx-ignore" in element or "hx-ignore" in around, f"{text} in {name_of(path)}"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_form_works_without_a_script(path: Path) -> None:
    for tag, attributes in Tags(path.read_text()).found:
        if tag != "form" or attributes.get("method") == "dialog":
            continue
        assert {"action", "method"} <= attributes.keys(), f"{attributes}"


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_scripts_write_no_markup(path: Path) -> None:
    source = path.read_text()
    sinks = (
        "innerHTML",
        "outerHTML =",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
    )
    assert not [word for word in (*sinks, "DOMParser", ".style.") if word in source]


def test_scripts_and_styles_stay_small() -> None:
    # 30 KB were meant for keys, board, darts and side; uploads in parts, the outbox and what keeps
    # keys that are faster than the server in order came later.
    assert _sent(SCRIPTS) < 35_500
    assert _sent(STYLES) < 25_000


def _sent(paths: list[Path]) -> int:
    """Bytes on the wire, compressed."""
    return sum(len(zlib.compress(path.read_bytes(), 6)) for path in paths)


def test_both_dark_blocks_are_the_same() -> None:
    css = (ROOT / "static" / "css" / "tokens.css").read_text()
    first = css[css.index(":root:not([data-theme=light]) {") :]
    second = css[css.index(":root[data-theme=dark] {") :]
    read = re.compile(r"--[\w-]+: [^;]+;")
    one = read.findall(first[: first.index("}")])
    two = read.findall(second[: second.index("}")])
    assert one == two
    assert len(one) > 20


def test_every_icon_is_in_the_sprite() -> None:
    sprite = next((ROOT / "static" / "vendor").glob("lucide-*/sprite.svg")).read_text()
    there = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    used = {
        name for path in TEMPLATES for name in re.findall(r'icon\("([\w-]+)"', path.read_text())
    }
    assert used <= there


def test_every_vendored_file_is_what_its_list_says() -> None:
    import hashlib

    vendor = ROOT / "static" / "vendor"
    rows = re.findall(
        r"^\| (\S+/\S+) \|.*\| ([0-9a-f]{64}) \|$", (vendor / "VENDOR.md").read_text(), re.M
    )
    assert len(rows) == 4
    for name, digest in rows:
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest, name


def test_no_key_does_two_things_in_one_place() -> None:
    assert keys.clashes(keys.TABLE) == []


def test_a_clash_is_found() -> None:
    row = keys.Key(keys.BOARD, "Z", "zoom", "zoom")
    assert [it[1] for it in keys.clashes((*keys.TABLE, row))] == [row]


def test_every_hint_on_a_button_names_an_act_of_the_table() -> None:
    acts = {row.act for row in keys.TABLE}
    named = {
        act
        for path in TEMPLATES
        for act in re.findall(r'(?:show\.key\(|data-act=|data-press=)"([\w-]+)"', path.read_text())
    }
    assert named <= acts


def test_a_person_has_their_own_keys_and_none_that_clash() -> None:
    chosen = keys.choose({"samples:A": "shift+q", "samples:X": ""}, off=True)
    assert keys.read(chosen.written()) == chosen
    with keys.worn(chosen):
        assert (keys.hint("approve"), keys.hint("reject"), keys.are_off()) == ("⇧Q", "", True)
    assert keys.hint("approve") == "A"
    with pytest.raises(keys.KeysError, match="would both"):
        keys.choose({"samples:A": "n"}, off=False)
    with pytest.raises(keys.KeysError, match="no key"):
        keys.choose({"samples:A": "Alt+n"}, off=False)


def test_the_sheet_holds_every_key() -> None:
    shown = [row["does"] for _, rows in keys.sheet() for row in rows]
    assert len(shown) == len([row for row in keys.TABLE if not row.act.startswith("label-")])
    assert keys.hint("redo") == "⇧Z"
    assert all(part for row in keys.TABLE for part in keys.shown(row.key))
