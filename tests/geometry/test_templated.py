"""Templates: one sentence filled in many ways."""

import numpy as np
import pytest

from app.geometry import neighbours, templated
from tests.geometry import clouds

WORDS = [f"{left}{right}" for left in "abcdefgh" for right in ("lo", "mi", "ra", "tu", "ve")]


def loose(count: int) -> list[str]:
    generator = np.random.default_rng(3)
    return [" ".join(generator.choice(WORDS, 7)) for _ in range(count)]


def find(texts: list[str], vectors: clouds.Vectors) -> templated.Templates:
    return templated.find(texts, neighbours.knn(vectors, k=min(50, len(texts) - 1)))


def test_fillings_of_a_template_are_found_and_others_are_not() -> None:
    spread = clouds.unit(np.random.default_rng(0).normal(size=(560, 16)))
    spread[500:] = clouds.unit(spread[500] + 0.1 * spread[500:])
    trips = [f"please plan a short trip to {WORDS[at % 40]} for me" for at in range(60)]
    found = find(loose(500) + trips, spread)
    assert found.sizes.tolist() == [60]
    assert (found.template[:500] == -1).all()
    assert (found.template[500:] == 0).all()


def test_two_templates_that_one_pair_of_texts_links_stay_two() -> None:
    first = ["when", "must", *WORDS[:6]]
    other = ["when", "must", *WORDS[6:12]]
    between = [[*first, *other[2:5]], [*other, *first[2:5]]]
    texts = [" ".join(words) for words in [*[first] * 30, *[other] * 30, *between]]
    spread = clouds.unit(np.random.default_rng(0).normal(size=(363, 16)))
    middle = spread[300] + np.outer([0.3] * 30 + [-0.3] * 30 + [0.2, -0.2], spread[362])
    spread = clouds.unit(np.vstack([spread[:300], middle + 0.02 * spread[300:362]]))
    found = find(loose(300) + texts, spread)
    assert found.sizes.tolist() == [31, 31]
    assert found.template[300] != found.template[330]


def test_a_dense_topic_in_free_words_is_no_template() -> None:
    spread = clouds.unit(np.random.default_rng(0).normal(size=(300, 16)))
    spread[240:] = clouds.unit(spread[240] + 0.05 * spread[240:])
    assert find(loose(300), spread).sizes.tolist() == []


def test_what_every_text_says_is_the_task_and_no_template() -> None:
    texts = [f"say kindly whether this is a complaint {text}" for text in loose(300)]
    spread = clouds.unit(np.random.default_rng(1).normal(size=(300, 16)))
    assert find(texts, spread).sizes.tolist() == []


@pytest.mark.parametrize("size", [0, 1, 19])
def test_too_few_samples_hold_no_template(size: int) -> None:
    near = neighbours.knn(clouds.scatter(30)[:size], k=15)
    found = templated.find(["the same words"] * size, near)
    assert found.sizes.tolist() == []
    assert found.template.tolist() == [-1] * size


def test_twenty_copies_in_an_unspaced_script_are_one_template() -> None:
    texts = [*loose(200), *["東京の天気を教えてください"] * 20]
    spread = clouds.unit(np.random.default_rng(2).normal(size=(220, 16)))
    spread[200:] = spread[200]
    assert find(texts, spread).sizes.tolist() == [20]
