"""Confidence is a probability that follows the evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.confidence import Evidence, confidence_of


def evidence_of(**known: float) -> Evidence:
    """Evidence of which only a part matters; the rest lies in the middle."""
    return Evidence(**{**dict.fromkeys(Evidence._fields, 0.4), "length": 2.0, **known})


DOUBTFUL = evidence_of(clear=0.0, alike=0.6, covered=0.5)
HELPFUL = ("clear", "alike", "covered", "named", "in_scope")
HARMFUL = ("alike_near_miss", "strange", "personal", "cost")

SCORES, SHARES = st.floats(-5, 5), st.floats(0, 1)
OF_FIELD = {
    "ours": SCORES,
    "clear": SCORES,
    "margin": st.floats(0, 5),
    "length": st.floats(0, 6),
    "likely": st.floats(-12, 0),
    "in_scope": st.floats(-8, 8),
    "strange": st.floats(0, 3),
}
ANY = st.fixed_dictionaries({name: OF_FIELD.get(name, SHARES) for name in Evidence._fields}).map(
    lambda fields: Evidence(**fields)
)


@pytest.mark.parametrize("name", HELPFUL)
def test_what_speaks_for_the_best_candidate_raises_the_confidence(name: str) -> None:
    more = DOUBTFUL._replace(**{name: getattr(DOUBTFUL, name) + 0.3})
    assert confidence_of(more) > confidence_of(DOUBTFUL)


@pytest.mark.parametrize("name", HARMFUL)
def test_what_speaks_against_it_lowers_the_confidence(name: str) -> None:
    more = DOUBTFUL._replace(**{name: getattr(DOUBTFUL, name) + 0.3})
    assert confidence_of(more) < confidence_of(DOUBTFUL)


@given(evidence=ANY, name=st.sampled_from(HELPFUL), gain=st.floats(0, 1))
def test_more_of_what_helps_never_lowers_the_confidence(evidence: Evidence, name: str, gain: float) -> None:
    assert confidence_of(evidence._replace(**{name: getattr(evidence, name) + gain})) >= confidence_of(evidence)


def test_a_lead_over_the_second_candidate_raises_the_confidence() -> None:
    # The two say the same on different scales, so that only together they have a sure sign.
    ahead = DOUBTFUL._replace(margin=DOUBTFUL.margin + 0.8, share=DOUBTFUL.share + 0.5)
    assert confidence_of(ahead) > confidence_of(DOUBTFUL)


@given(evidence=ANY)
def test_confidence_is_a_probability_whatever_the_evidence(evidence: Evidence) -> None:
    assert 0 <= confidence_of(evidence) <= 1


def test_clear_evidence_is_believed_and_its_opposite_is_not() -> None:
    clear = evidence_of(margin=2, share=1, ours=2, clear=2, alike=1, alike_near_miss=0.3, covered=1, in_scope=6)
    contrary = evidence_of(
        margin=0, share=0.1, ours=-1, clear=-2, alike=0.2, alike_near_miss=0.9, covered=0, in_scope=-5, strange=2
    )
    assert confidence_of(contrary) < 0.05
    assert confidence_of(clear) > 0.9


def test_a_young_candidate_needs_fewer_of_the_words_and_no_phrasing_that_is_alike() -> None:
    little = evidence_of(
        margin=1, share=0.9, ours=2, clear=2, alike=0, alike_near_miss=0, covered=0.2, likely=0, in_scope=1, strange=0,
        personal=0, cost=0, how_to=0, who=1,
    )  # fmt: skip
    assert confidence_of(little, is_young=True) > 0.5 > confidence_of(little)
