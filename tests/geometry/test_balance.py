import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.geometry import balance
from app.geometry.balance import State

COUNTS = st.lists(st.integers(0, 400), min_size=1, max_size=40)


def _even(cells: int) -> np.ndarray:
    return np.full(cells, 1 / cells)


@settings(deadline=None)
@given(COUNTS, st.booleans(), st.sampled_from([None, 50, 4500]), st.integers(0, 99))
def test_the_verdict_keeps_its_promises(
    counts: list[int], external: bool, size: int | None, seed: int
) -> None:
    have = np.array(counts)
    shares = np.random.default_rng(seed).dirichlet(np.ones(len(have)))
    verdict = balance.judge(have, shares, external=external, target_size=size)
    assert 0 <= verdict.score <= 100 + 1e-9
    assert (verdict.cut >= 0).all()
    assert (verdict.write >= 0).all()
    # Cutting never takes a cell below its target, and writing fills it to two thirds.
    assert (have - verdict.cut >= np.minimum(have, verdict.expected)).all()
    for cell, state in enumerate(verdict.state):
        assert (verdict.cut[cell] > 0) <= (state is State.OVER_DENSE)
        assert (verdict.write[cell] > 0) == (state is State.GAP)
        if state is State.GAP:
            assert external
            assert have[cell] + verdict.write[cell] >= 0.66 * verdict.expected[cell]
        if have.sum() < balance.FEWEST_SAMPLES:
            assert state is State.UNKNOWN


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_q_values_are_never_below_their_p_values_and_keep_their_order(p: list[float]) -> None:
    values = np.array(p)
    q = balance.adjust(values)
    assert (q >= values - 1e-12).all()
    assert (np.diff(q[np.argsort(values)]) >= -1e-12).all()


def test_q_values_are_those_of_the_textbook() -> None:
    assert balance.adjust(np.array([0.01, 0.04, 0.03, 0.5])) == pytest.approx(
        [0.04, 0.16 / 3, 0.16 / 3, 0.5]
    )


def test_a_hot_cell_is_over_dense_and_does_not_make_the_others_thin() -> None:
    counts = np.full(20, 30)
    counts[3] = 3000
    verdict = balance.judge(counts, _even(20), external=True)
    assert verdict.state[3] is State.OVER_DENSE
    assert set(verdict.state[:3] + verdict.state[4:]) == {State.ON_TARGET}
    assert verdict.cut[3] == 3000 - 60
    assert verdict.score == pytest.approx(100)


def test_an_empty_cell_is_a_gap_only_against_an_external_target() -> None:
    counts = np.full(20, 30)
    counts[3] = 0
    assert balance.judge(counts, _even(20), external=True).state[3] is State.GAP
    assert balance.judge(counts, _even(20), external=True).write[3] == 20
    inner = balance.judge(counts, _even(20), external=False, distinct_share=0.8)
    assert inner.state[3] is State.SPARSE
    assert inner.score == 80


def test_the_states_follow_the_ratio() -> None:
    counts = np.full(50, 100)
    counts[:3] = 170, 50, 20
    states = balance.judge(counts, _even(50), external=True).state
    assert states[:4] == (State.HIGH, State.SPARSE, State.GAP, State.ON_TARGET)


def test_a_cell_of_which_little_is_expected_is_unknown() -> None:
    shares = np.append(np.full(10, 0.0999), 0.001)
    verdict = balance.judge(np.append(np.full(10, 100), 0), shares, external=True)
    assert verdict.state[10] is State.UNKNOWN


@pytest.mark.parametrize("each", [0, 1, 19])
def test_too_few_samples_get_no_flags(each: int) -> None:
    verdict = balance.judge(np.full(10, each), _even(10), external=True)
    assert set(verdict.state) == {State.UNKNOWN}
    assert verdict.score == pytest.approx(100 if each else 0)


def test_a_random_draw_from_the_shares_is_hardly_ever_flagged() -> None:
    generator = np.random.default_rng(0)
    shares = generator.dirichlet(np.full(200, 20))
    flags = [
        state
        for _ in range(20)
        for state in balance.judge(generator.multinomial(4000, shares), shares, external=True).state
        if state in (State.OVER_DENSE, State.GAP)
    ]
    assert len(flags) <= 1
