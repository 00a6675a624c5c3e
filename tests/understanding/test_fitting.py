"""Fitting counts what is in the knowledge base, and gives the same result wherever and whenever it runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.fitted import common_english_words
from bot.knowledge import KnowledgeBase, load_knowledge
from bot.understanding import Fitted, Matcher, fit
from bot.understanding.fitting import CHATTER, NEAR, QUESTIONS
from tests.knowledge.support import Folder

ROOT = Path(__file__).parents[2]

DIGEST = """
import hashlib, json, sys
from pathlib import Path
from bot.fitted import common_english_words
from bot.knowledge import load_knowledge
from bot.understanding import fit
state = fit(load_knowledge(Path(sys.argv[1])), common_english_words()).state()
print(hashlib.sha256(json.dumps(state, default=list).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Every entry of the shipped knowledge, with few phrasings."""
    return Folder.shipped(tmp_path_factory.mktemp("fitting"))


@pytest.fixture(scope="module")
def knowledge(folder: Folder) -> KnowledgeBase:
    return load_knowledge(folder.path)


@pytest.fixture(scope="module")
def fitted(knowledge: KnowledgeBase) -> Fitted:
    return fit(knowledge, common_english_words())


def test_every_process_fits_the_same_whatever_order_its_sets_have(folder: Folder) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", DIGEST, folder.path],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
        )
        for seed in ("1", "2")
    ]
    digests = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert digests[0] == digests[1]


def test_what_was_fitted_comes_back_from_json_as_it_was(knowledge: KnowledgeBase, fitted: Fitted) -> None:
    again = Fitted(**json.loads(json.dumps(fitted.state(), default=list)))
    question = "who handles unemployment claims and the COBRA notices"
    assert Matcher(knowledge, again).match(question) == Matcher(knowledge, fitted).match(question)


def test_every_entry_and_what_is_not_ours_is_a_class(knowledge: KnowledgeBase, fitted: Fitted) -> None:
    classes = set(fitted.bayes["classes"])
    assert set(knowledge.entries) | {QUESTIONS, CHATTER} <= classes
    near = {label.removeprefix(NEAR) for label in classes if label.startswith(NEAR)}
    assert near
    assert near <= set(knowledge.entries)


def test_a_near_miss_is_kept_beside_the_entry_it_resembles(knowledge: KnowledgeBase) -> None:
    asked = "who sent the COBRA election notice last month"
    outside = knowledge.outside.model_copy(update={"questions": (*knowledge.outside.questions, asked)})
    changed = KnowledgeBase(**{**vars(knowledge), "outside": outside})
    texts = fit(changed, common_english_words()).texts
    near = {label for label, members in texts.items() if any("cobra" in text and "month" in text for text in members)}
    assert near == {f"{NEAR}cobra"}


def test_words_that_only_the_text_of_an_entry_has_lead_to_it(knowledge: KnowledgeBase, fitted: Fitted) -> None:
    match = Matcher(knowledge, fitted).match("power of attorney")
    assert match is not None
    assert "employer-of-record" in [candidate.entry_id for candidate in match.candidates]


def test_words_of_the_phrasings_titles_and_terms_are_spelt_right(knowledge: KnowledgeBase, fitted: Fitted) -> None:
    trade = set(fitted.trade_words)
    assert {"futa", "fein", "cobra", "unemployment"} <= trade
    assert list(fitted.trade_words) == sorted(trade)


# --- Ranking with what was fitted


@pytest.mark.parametrize("top_k", [1, 3])
def test_candidates_come_best_first_and_as_many_as_were_asked_for(
    knowledge: KnowledgeBase, fitted: Fitted, top_k: int
) -> None:
    match = Matcher(knowledge, fitted, top_k=top_k).match("who handles unemployment claims")
    assert match is not None
    assert len(match.candidates) == top_k
    scores = [candidate.score for candidate in match.candidates]
    assert scores == sorted(match.ranking.scores.values(), reverse=True)[:top_k]
    assert match.best.entry_id == "unemployment-claims"
    assert 0 < sum(candidate.share for candidate in match.candidates) <= 1 + 1e-9


def test_a_question_that_shares_nothing_still_has_a_candidate_and_no_confidence(
    knowledge: KnowledgeBase, fitted: Fitted
) -> None:
    match = Matcher(knowledge, fitted).match("zxqvbnm")
    assert match is not None
    assert match.candidates
    assert match.confidence < 0.1
    assert match.score_of("peo") == match.ranking.floor


def test_a_text_without_a_letter_or_digit_has_no_match(knowledge: KnowledgeBase, fitted: Fitted) -> None:
    assert Matcher(knowledge, fitted).match("?! :wave:") is None


def test_what_speaks_for_an_entry_comes_the_strongest_first(knowledge: KnowledgeBase, fitted: Fitted) -> None:
    matcher = Matcher(knowledge, fitted)
    match = matcher.match("who handles the unemployment claims of Harbor")
    assert match is not None
    terms = matcher.terms(match.reading, "unemployment-claims")
    assert [term.weight for term in terms] == sorted((term.weight for term in terms), reverse=True)
    assert "@unemployment-claim" in [term.feature for term in terms]
    assert "harbor" not in [term.feature for term in terms]
