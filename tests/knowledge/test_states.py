"""What holds in each state: which lines readers may see, and what is wrong with a file of them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import get_args

import pytest

from bot.answering import Answer
from bot.knowledge import KnowledgeBase, ShownLine, check_knowledge, load_knowledge
from bot.knowledge.source import read_document
from bot.knowledge.states import LINE_WORDS, SHOWN, Confidence
from bot.knowledge.wording import first_named, word_count
from bot.slack.blocks import answer_reply, state_reply, states_reply
from tests.knowledge.support import SHIPPED, Folder

PLACES = """\
states:
  TX: {name: Texas}
  FL: {name: Florida}
  AK: {name: Alaska}
"""
STATES = """\
states:
  subject: unemployment-claims
  asks: who answers a claim under a PEO
  values:
    peo: The PEO
    client: The client
  everywhere: Under an ASO, the client does.
  lines:
    TX:
      value: peo
      text: The PEO answers it.
      confidence: official
      sources:
        - {title: Texas Code 1, link: "https://example.com/tx", date: "2024"}
      reviewed: 2026-12-01
    FL:
      value: client
      text: PEOs list it as the client's duty. Ask the state agency.
      confidence: two-secondary
      sources:
        - {title: A list, link: "https://example.com/fl", date: undated}
      reviewed: 2026-12-01
    AK:
      confidence: one-secondary
      agency: {name: Department of Labor}
"""
FILE = "states-claims.yaml"
SUBJECTS = {"suta-rate", "workers-compensation", "state-licensing"}
NEVER_SHOWN = tuple(one for one in get_args(Confidence) if one not in SHOWN)


@pytest.fixture
def folder(small: Folder) -> Folder:
    """The small knowledge with lines for three states."""
    small.write("places.yaml", PLACES)
    small.write(FILE, STATES)
    return small


# --- The shipped lines


def test_every_subject_has_a_line_for_each_state_with_its_confidence(knowledge: KnowledgeBase) -> None:
    assert knowledge.states.keys() == SUBJECTS
    assert len(knowledge.places.states) == 51
    for subject in SUBJECTS:
        lines = read_document(SHIPPED / f"states-{subject}.yaml", subject).value["states"]["lines"]
        assert lines.keys() == knowledge.places.states.keys()
        assert {line["confidence"] for line in lines.values()} <= set(get_args(Confidence))


def test_every_shown_line_is_short_dated_reviewed_and_sourced(knowledge: KnowledgeBase) -> None:
    lines = [line for facts in knowledge.states.values() for line in facts.shown.values()]
    assert len(lines) > 100
    assert [line.text for line in lines if word_count(line.text) > LINE_WORDS] == []
    assert [line.text for line in lines if not all(source.date for source in line.sources)] == []
    assert [line.text for line in lines if line.reviewed < date(2026, 11, 1)] == []
    assert [line.text for line in lines if first_named(line.text, knowledge.provider.competitors)] == []


def test_what_rests_on_others_says_so_and_leads_to_the_agency(knowledge: KnowledgeBase) -> None:
    lines = [line for facts in knowledge.states.values() for line in facts.shown.values()]
    second_hand = [line for line in lines if line.confidence == "two-secondary"]
    assert second_hand
    assert [line.text for line in second_hand if "list it as" not in line.text or "sk the" not in line.text] == []


# --- What is never shown


def test_no_shown_line_rests_on_less_than_two_others(knowledge: KnowledgeBase) -> None:
    found = Counter(line.confidence for facts in knowledge.states.values() for line in facts.shown.values())
    assert found.keys() <= {"official", "official-copy", "official-part", "two-secondary"}


@pytest.mark.parametrize("confidence", NEVER_SHOWN)
def test_a_line_that_must_not_be_shown_cannot_even_be_made(knowledge: KnowledgeBase, confidence: Confidence) -> None:
    sources = next(iter(knowledge.states["suta-rate"].shown.values())).sources
    with pytest.raises(ValueError, match="must not be shown"):
        ShownLine("peo", "The PEO's account.", confidence, sources, date(2026, 12, 1))


@pytest.mark.parametrize("confidence", NEVER_SHOWN)
def test_a_text_under_too_low_a_confidence_is_a_fault(folder: Folder, confidence: Confidence) -> None:
    folder.replace(FILE, "confidence: official", f"confidence: {confidence}")
    assert folder.faults()[0] == (
        f"knowledge/{FILE}:10: the line of TX has 'value', but one that is '{confidence}' is never shown. "
        "Delete it, or raise the confidence when there is a better source."
    )


@pytest.mark.parametrize("confidence", NEVER_SHOWN)
def test_no_reply_says_anything_of_a_state_whose_line_must_not_be_shown(folder: Folder, confidence: Confidence) -> None:
    folder.replace(FILE, "confidence: one-secondary", f"confidence: {confidence}")
    knowledge = load_knowledge(folder.path)
    entry = knowledge.entries["unemployment-claims"]
    row = Answer("answer", (entry,), places=("AK",))
    replies = [
        answer_reply(row, knowledge, date(2026, 12, 1)),
        state_reply("AK", [entry], knowledge),
        states_reply(entry, knowledge),
        states_reply(entry, knowledge, is_view=True),
    ]
    for reply in replies:
        assert "Ask the Department of Labor." in str(reply.blocks)
    assert "I have nothing sourced on who answers a claim under a PEO in Alaska." in replies[0].text


# --- Faults


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "    TX:\n",
            "    TE:\n",
            "9: there is no state 'TE'. Use a postal code of places.yaml.",
            id="an unknown state",
        ),
        pytest.param(
            "    TX:\n",
            "    tx:\n",
            "9: a key of 'states' is not a postal code: 'tx'. Write it as two capitals, like TX.",
            id="no postal code",
        ),
        pytest.param(
            "value: peo", "value: poe", "10: the value 'poe' of TX is not in the set. Did you mean 'peo'?", id="a value"
        ),
        pytest.param(
            "text: The PEO answers it.",
            f"text: {'word ' * 41}",
            "11: the line of TX has 41 words; 40 are allowed. Shorten it.",
            id="too many words",
        ),
        pytest.param(
            '      sources:\n        - {title: Texas Code 1, link: "https://example.com/tx", date: "2024"}\n',
            "",
            "9: the line of TX has no 'sources'. Add it, or lower the confidence from 'official'.",
            id="no source",
        ),
        pytest.param(
            ', date: "2024"}',
            "}",
            "14: source 1 of the line of TX has no 'date'. Add a 'date:' line.",
            id="a source without a date",
        ),
        pytest.param(
            "PEOs list it as the client's duty.",
            "It is the client's duty.",
            "18: the line of FL rests on others but reads like the state's rule. "
            'Say who: "PEOs list it as ... Ask the state agency.".',
            id="a rule of others",
        ),
        pytest.param(
            "    FL:\n",
            "    TX:\n",
            "16: the key 'TX' stands here a second time (first in line 9). Keep one.",
            id="two lines for one state",
        ),
        pytest.param(
            "confidence: official\n",
            "confidence: certain\n",
            "12: 'confidence' of the line of TX is 'certain'. Write 'official', 'official-copy', 'official-part', "
            "'two-secondary', 'one-secondary', 'conflicting', 'not-found' or 'unverified'.",
            id="a confidence that there is none of",
        ),
        pytest.param(
            "subject: unemployment-claims",
            "subject: unemployment-claim",
            "2: there is no entry 'unemployment-claim'. Did you mean 'unemployment-claims'?",
            id="an unknown subject",
        ),
        pytest.param(
            "  asks: who answers a claim under a PEO\n",
            "",
            "1: the states of 'unemployment-claims' have no 'asks'. Add 'asks:'.",
            id="nothing that it asks",
        ),
        pytest.param(
            "  everywhere:",
            "  instead_of: {with_a_state: [zebras]}\n  everywhere:",
            "7: there is no entry 'zebras'. Delete it, or add the entry.",
            id="an unknown neighbor",
        ),
        pytest.param(
            "      reviewed: 2026-12-01\n    FL",
            "      review: 2026-12-01\n    FL",
            "15: unknown key 'review' in the line of TX. Did you mean 'reviewed'?",
            id="an unknown key",
        ),
    ],
)
def test_a_slip_in_a_file_of_states_is_told_with_its_line(folder: Folder, old: str, new: str, expected: str) -> None:
    folder.replace(FILE, old, new)
    assert f"knowledge/{FILE}:{expected}" in folder.faults()


def test_the_lines_of_one_subject_stand_in_one_file(folder: Folder) -> None:
    folder.write("states-more.yaml", STATES)
    assert folder.faults() == [
        f"knowledge/states-more.yaml:2: the states of 'unemployment-claims' stand in knowledge/{FILE} already. "
        "Put all lines into one file."
    ]


def test_a_state_without_a_line_is_a_warning_that_lists_it(folder: Folder) -> None:
    folder.replace("places.yaml", "  AK:", "  UT: {name: Utah}\n  VT: {name: Vermont}\n  AK:")
    warnings = [str(one) for one in check_knowledge(folder.path).warnings]
    assert (
        f"knowledge/{FILE}:8: warning: the states of 'unemployment-claims' have no line for UT, VT. "
        "Add one each; 'confidence: not-found' will do."
    ) in warnings


def test_without_names_of_places_there_is_no_state(folder: Folder) -> None:
    (folder.path / "places.yaml").unlink()
    assert len(folder.faults()) == 3


# --- A folder of your own


def test_a_folder_of_your_own_replaces_single_lines(folder: Folder) -> None:
    own = folder.path.parent / "own"
    own.mkdir()
    (own / FILE).write_text(
        "states:\n  subject: unemployment-claims\n  lines:\n"
        "    AK:\n      value: client\n      text: The client answers it.\n      confidence: official\n"
        '      sources: [{title: Alaska Code 1, link: "https://example.com/ak", date: "2025"}]\n'
        "      reviewed: 2026-12-02\n"
        "    TX:\n      confidence: unverified\n",
        encoding="utf-8",
    )
    facts = load_knowledge(folder.path, own).states["unemployment-claims"]
    assert {code: line.text for code, line in facts.shown.items()} == {
        "FL": "PEOs list it as the client's duty. Ask the state agency.",
        "AK": "The client answers it.",
    }
    assert (facts.asks, list(facts.headings)) == ("who answers a claim under a PEO", ["peo", "client"])


def test_what_is_switched_off_has_no_states(folder: Folder) -> None:
    own = folder.path.parent / "own"
    own.mkdir()
    (own / "off.yaml").write_text("entries: [unemployment-claims]\n", encoding="utf-8")
    assert load_knowledge(folder.path, own).states == {}


def test_every_link_of_a_line_is_among_those_that_check_opens(folder: Folder) -> None:
    folder.replace(FILE, "{name: Department of Labor}", '{name: Labor, link: "https://example.com/labor"}')
    urls = {link.url for link in check_knowledge(folder.path).links}
    assert {"https://example.com/tx", "https://example.com/fl", "https://example.com/labor"} <= urls
