"""Templated samples to plant in real ones: the fault that a board without a target must find."""

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks import real_vectors
from tests.benchmarks.real_vectors import Vectors

EACH = 150
_WORDS = {
    "city": "Oslo Lima Kyoto Accra Quito Turin Perth Hanoi Cairo Riga",
    "thing": "lamps desks phones bikes kettles jackets cameras boots maps",
    "number": " ".join(str(number) for number in range(2, 60)),
    "person": "Amara Bo Chen Dalia Emil Farah Goran Hana Idris June",
    "job": "nurse welder pilot baker lawyer farmer teacher plumber dentist",
    "food": "lentils trout noodles cheese rice mushrooms figs beans",
    "animal": "otter heron gecko moose badger crane weasel ibex",
}
SLOTS = {slot: words.split() for slot, words in _WORDS.items()}
CHOSEN_ON = (
    "Plan a {number} day trip to {city} for someone who likes {thing}.",
    "Write a short product description of a {thing} made in {city}, price {number} euros.",
    "Translate this sentence into French: I bought {number} of {thing} in {city}.",
    "Write a poem of {number} lines about a {animal} in {city}.",
    "List {number} questions for an interview with a {job}.",
    "Suggest a recipe with {food} for {number} guests.",
)
"""Settings may be chosen by these templates; figures are reported on the others."""
HELD_OUT = (
    "{person} has {number} {thing} and gives some away. How many are left?",
    "Write an email to {person} about the meeting in {city}.",
    "Classify the sentiment of this review: the {thing} I ordered came after {number} days.",
    "Describe a day in the life of a {job} who lives in {city}.",
    "What is the distance between {city} and the nearest place that sells {thing}?",
    "Write a children's story in which the {animal} {person} learns to cook {food}.",
    "Convert {number} pounds of {food} to kilograms.",
    "Summarise the news about {thing} shortages in {city} in {number} words.",
    "Give the {job} {person} advice on buying {thing}.",
    "Is it healthy to eat {food} {number} times a week?",
    "Name {number} facts about the {animal}.",
    "Correct the grammar: {person} have went to {city} with {number} {thing}.",
)


def draw(templates: tuple[str, ...], seed: int, *, kinds: int = 3) -> tuple[Vectors, list[str]]:
    """Vectors of EACH fillings of some templates, chosen by the seed, and their texts."""
    generator = np.random.default_rng(seed)
    family = "on" if templates is CHOSEN_ON else "held"
    chosen = [int(at) for at in generator.permutation(len(templates))[:kinds]]
    texts = {at: _fill(templates[at]) for at in chosen}
    parts = [real_vectors.embed(f"planted_{family}_{at}", texts[at]) for at in chosen]
    return np.vstack(parts), [text for at in chosen for text in texts[at]]


def all_of(templates: tuple[str, ...]) -> dict[str, Vectors]:
    """The vectors of every template's EACH fillings, by template."""
    found, _ = draw(templates, 0, kinds=len(templates))
    order = np.random.default_rng(0).permutation(len(templates)).tolist()
    parts = np.split(found, len(templates))
    return {templates[at]: part for at, part in zip(order, parts, strict=True)}


def score(said: NDArray[np.bool_], true: NDArray[np.bool_]) -> tuple[float, float]:
    """Precision and recall."""
    hit = float((said & true).sum())
    return hit / max(said.sum(), 1), hit / max(true.sum(), 1)


def _fill(template: str) -> list[str]:
    generator = np.random.default_rng(sum(map(ord, template)))
    return [
        template.format(**{slot: str(generator.choice(words)) for slot, words in SLOTS.items()})
        for _ in range(EACH)
    ]
