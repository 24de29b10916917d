import pytest

from app.web import ranges


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None),
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=50-5000", (50, 100)),
        ("bytes=0-1,4-5", None),
        ("rows=0-1", None),
        ("bytes=-", None),
        ("bytes=x-1", None),
    ],
)
def test_a_range_is_read_as_the_rfc_has_it(
    header: str | None, part: tuple[int, int] | None
) -> None:
    assert ranges.asked_part(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=9-3", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match="100 bytes"):
        ranges.asked_part(header, 100)
