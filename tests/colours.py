"""Colours as people see them: CIEDE2000, contrast, and three kinds of colour blindness."""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TOKENS = Path(__file__).parents[1] / "static" / "css" / "tokens.css"

# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
SIGHTS: Mapping[str, NDArray[np.float64]] = {
    "usual": np.eye(3),
    "protan": np.array([
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]),
    "deutan": np.array([
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]),
    "tritan": np.array([
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ]),
}  # fmt: skip
D65 = np.array([0.95047, 1.0, 1.08883])
TO_XYZ = np.array([
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
])  # fmt: skip


def tokens(theme: str) -> dict[str, str]:
    """The colours of a theme, light or dark, by the names of their tokens."""
    text = TOKENS.read_text()
    dark = text.index(":root[data-theme=dark]")
    part = text[: text.index("@media")] if theme == "light" else text[dark : text.index("}", dark)]
    return dict(re.findall(r"(--[a-z0-9-]+): (#[0-9a-f]{3,6})\b", part))


def mix(one: str, other: str, share: int) -> str:
    """CSS's color-mix in srgb: so many percent of one colour, the rest of the other."""
    pairs = zip(*(bytes.fromhex(colour.removeprefix("#")) for colour in (one, other)), strict=True)
    return "#" + bytes(round((a * share + b * (100 - share)) / 100) for a, b in pairs).hex()


def linear(colour: str, sight: str = "usual") -> NDArray[np.float64]:
    """Linear RGB (3,) of "#abc" or "#aabbcc" as somebody sees it."""
    digits = colour.removeprefix("#")
    full = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    parts = np.array([int(full[at : at + 2], 16) for at in (0, 2, 4)]) / 255
    raw = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.clip(SIGHTS[sight] @ raw, 0, 1))


def contrast(one: str, other: str, sight: str = "usual") -> float:
    """WCAG's contrast ratio, 1 to 21."""
    light = sorted(float(TO_XYZ[1] @ linear(it, sight)) for it in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def lab(colour: str, sight: str = "usual") -> NDArray[np.float64]:
    """CIE L*a*b* (3,)."""
    ratio = TO_XYZ @ linear(colour, sight) / D65
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: str, other: str, sight: str = "usual") -> float:
    """CIEDE2000 (Sharma, Wu and Dalal 2005); about 2 is just seen, 10 at a glance."""
    (l1, a1, b1), (l2, a2, b2) = lab(one, sight), lab(other, sight)
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25.0**7)))
    c1, c2 = np.hypot((1 + g) * a1, b1), np.hypot((1 + g) * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, (1 + g) * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    dl, dc = l2 - l1, c2 - c1
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    hm = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    t = (
        1 - 0.17 * np.cos(np.radians(hm - 30)) + 0.24 * np.cos(np.radians(2 * hm))
        + 0.32 * np.cos(np.radians(3 * hm + 6)) - 0.20 * np.cos(np.radians(4 * hm - 63))
    )  # fmt: skip
    sl = 1 + 0.015 * (lm - 50) ** 2 / np.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    rc = 2 * np.sqrt(cm**7 / (cm**7 + 25.0**7))
    rt = -rc * np.sin(np.radians(60 * np.exp(-(((hm - 275) / 25) ** 2))))
    parts = dl / sl, dc / sc, dh / sh
    return float(np.sqrt(sum(part**2 for part in parts) + rt * parts[1] * parts[2]))
