"""T01: hostile text in every field; a real browser visits every page and nothing runs."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import orjson
import pytest
from playwright.sync_api import Browser, Dialog, Page

from tests.server import Server, serving

pytestmark = pytest.mark.browser

PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
CANARY = "/canary-that-nobody-may-ask-for"
FORMS = (
    "<script>alert(1)</script>",
    "<script src='{canary}'></script>",
    "<img src=x onerror=alert(1)>",
    "<img src='{canary}'>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<body onload=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "javascript:alert(1)",
    "<div hx-get='{canary}' hx-trigger='load'></div>",
    "<div data-hx-get='{canary}' hx-trigger='load'></div>",
    "<button hx-post='{canary}' hx-trigger='load'>x</button>",
    "<div hx-on:load='alert(1)'></div>",
    "<div hx-get='{canary}' hx-trigger='load' hx-nonce='x'></div>",
    "<div hx-ext='x' hx-vals='js:alert(1)'></div>",
    "<link rel=stylesheet href='{canary}'>",
    "<style>@import '{canary}';</style>",
    "<style>*{{background:url({canary})}}</style>",
    "<meta http-equiv=refresh content='0;url={canary}'>",
    "<base href='{canary}/'>",
    "<form action='{canary}'><button autofocus onfocus=alert(1)>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<object data='{canary}'></object>",
    "<embed src='{canary}'>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover=alert(1) x="',
    "' autofocus onfocus=alert(1) x='",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</pre><script>alert(1)</script>",
    "-->\n<script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "{{{{7*7}}}}<script>alert(1)</script>",
    "{{% import os %}}",
    "${{alert(1)}}",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<img src=x:x onerror\x09=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e<script>alert(1)</script>",
    "\ufeff<script>alert(1)</script>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<x contenteditable onblur=alert(1)>x",
)


def payloads() -> list[str]:
    return [form.format(canary=CANARY) for form in FORMS]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Every payload in every field that a sender controls, broken lines included."""
    with serving(tmp_path_factory.mktemp("hostile"), encoder="hashing") as running:
        api = "/api/v1/datasets"
        made = running.post(api, json={"name": f"hostile {FORMS[0]}", "task": FORMS[2]}).json()
        running.environment["slug"] = made["slug"]
        lines = [
            orjson.dumps(
                {
                    "id": text,
                    "messages": [
                        {"role": "system", "content": text},
                        {"role": "user", "content": f"{text} {number}", "name": text},
                        {"role": "assistant", "content": text},
                    ],
                    "label": text,
                    "source": text,
                    "split": text,
                    "lang": text,
                    text: text,
                }
            )
            for number, text in enumerate(payloads())
        ]
        broken = [b'{"messages": [{"role": ' + orjson.dumps(text) + b"}]}" for text in payloads()]
        data = b"\n".join([*lines, *broken, b"<script>alert(1)</script>"])
        named = {"filename": f"{FORMS[0]}.jsonl"}
        slug = made["slug"]
        sent = running.post(f"{api}/{slug}/uploads", params=named, content=data).json()
        running.wait_until_idle()
        report = running.get(f"{api}/{slug}/uploads/{sent['id']}").json()
        assert report["accepted"] == len(FORMS), report
        inputs = b"\n".join(orjson.dumps({"prompt": text}) for text in payloads())
        running.put(f"{api}/{slug}/target", params={"filename": FORMS[2]}, content=inputs)
        running.wait_for_board(slug)
        running.wait_until_idle()  # a page reloads itself when its job is done
        yield running


@pytest.fixture
def page(server: Server, chrome: Browser) -> Iterator[Page]:
    context = chrome.new_context()
    found = context.new_page()
    found.goto(server.login_link())
    yield found
    context.close()


def test_t01_no_payload_runs_on_any_page(page: Page, server: Server) -> None:
    faults: list[str] = []

    def refuse(dialog: Dialog) -> None:
        faults.append(f"dialog on {page.url}")
        dialog.dismiss()

    page.on("dialog", refuse)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda said: faults.append(f"{page.url}: {said.text}") if "Policy" in said.text else None,
    )
    page.on(
        "request",
        lambda asked: (
            faults.append(f"{page.url} asked {asked.url}")
            if CANARY in asked.url or not asked.url.startswith((server.address, "data:"))
            else None
        ),
    )
    slug = server.environment["slug"]
    cells = server.get(f"/api/v1/datasets/{slug}/board").json()["cells"]
    first = server.get(f"/api/v1/datasets/{slug}/samples?limit=200").json()["items"]
    steps = _held(page, server, slug)
    pages = [
        "/",
        *(f"{steps}/{step}" for step in ("fields", "check", "map")),
        "/jobs",
        *(f"/d/{slug}/{name}" for name in ("import", "uploads/1", "uploads/2", "samples")),
        *(f"/d/{slug}/{name}" for name in ("review", "export", "history", "board?view=table")),
        *(f"/d/{slug}/board?cell={cell['id']}" for cell in cells[:4]),
        *(f"/d/{slug}/s/{sample['id']}" for sample in first),
    ]
    for path in pages:
        answer = page.goto(server.address + path)
        assert answer is not None
        assert answer.status == 200, path
        page.evaluate(PAINTED)
    assert faults == []
    assert len(first) == len(FORMS) >= 50


def _held(page: Page, server: Server, slug: str) -> str:
    """An upload that waits to be looked at: hostile columns, cells and broken records."""
    rows = [
        {text: text, "prompt": f"held {text}", "completion": text, "label": text}
        for text in payloads()
    ]
    data = b"\n".join([*map(orjson.dumps, rows), *map(orjson.dumps, payloads())])
    headers = {"X-Filename": quote(FORMS[1]), "Sec-Fetch-Site": "same-origin"}
    sent = page.request.post(f"{server.address}/d/{slug}/uploads", data=data, headers=headers)
    return str(sent.json()["location"]).rsplit("/", 1)[0]


def test_t01_only_listed_lines_may_write_raw_html() -> None:
    root = Path(__file__).parents[2]
    sources = [*root.glob("app/**/*.py"), *root.glob("templates/**/*.html")]
    sources += root.glob("static/js/*.js")
    signs = ("|safe", "Markup(", ".innerHTML", "insertAdjacentHTML", "document.write", "eval(")
    found = [(path.name, sign) for path in sources for sign in signs if sign in path.read_text()]
    assert found == []
