"""What `peo-aso check` warns an owner about although the bot works with it: long texts, labels, sources."""

from __future__ import annotations

import re

import pytest

from bot.knowledge import check_knowledge
from bot.knowledge.wording import NOTE_WORDS, SIDE_WORDS, sentences, shown_of_note
from tests.knowledge.support import ZEBRAS, Folder

ON_ZEBRAS = "{title: On zebras, publisher: A zoo, link: 'https://zoo.example/zebras'}"
AN_ENTRY = """\
  - id: {id}
    title: {id}
    question: Who feeds the {id}?
    aso: The client feeds them.
    peo: The PEO feeds them.
    sources: [{source}]
    reviewed: 2026-11-23
    names: ["{id}"]
    phrasings: [whose job is it to feed {id}]
"""


A_NAME = "    names: [a name]\n"


@pytest.fixture
def linked(small: Folder) -> Folder:
    """A small knowledge base without a fault or warning, and one entry in a file of its own."""
    small.write("provider.yaml", "name: A Provider\ntitle: Their page\nlink: https://provider.example/page\n")
    small.write("zebras.yaml", ZEBRAS)
    for file in ("comparison.yaml", "concepts.yaml", "zebras.yaml"):
        # At the end of each entry, to keep the line numbers.
        small.write(file, re.sub(r"(phrasings:\n.*\n)", rf"\g<1>{A_NAME}", small.text(file)))
    return small


def warnings(folder: Folder) -> list[str]:
    return [str(warning) for warning in check_knowledge(folder.path).warnings]


def with_source(folder: Folder, source: str) -> Folder:
    folder.replace("zebras.yaml", "[provider]", f"[provider, {source}]")
    return folder


def test_an_entry_with_few_phrasings_needs_a_name(linked: Folder) -> None:
    linked.replace("zebras.yaml", A_NAME, "")
    assert [line.partition(": warning: ")[2] for line in warnings(linked)] == [
        "entry 'zebras' has no names and fewer phrasings than 5, so few questions will find it. "
        "Add 'names:', or more phrasings."
    ]


def test_nothing_to_mend_gives_no_warning(linked: Folder) -> None:
    assert warnings(with_source(linked, ON_ZEBRAS)) == []


@pytest.mark.parametrize(
    ("old", "words", "expected"),
    [
        pytest.param(
            "aso: The client feeds them.",
            f"aso: {'x ' * (SIDE_WORDS + 1)}",
            "6: warning: 'aso' of entry 'zebras' has 46 words, and a reply has room for 45. "
            "Shorten it, or move the details to 'more'.",
            id="a side",
        ),
        pytest.param(
            "peo: The PEO feeds them.",
            f"peo: The PEO feeds them.\n    note: {'x ' * (NOTE_WORDS + 1)}",
            "8: warning: 'note' of entry 'zebras' has 26 words, and a reply has room for 25. "
            "Shorten it, or move the details to 'more'.",
            id="a note",
        ),
        pytest.param(
            "aso: The client feeds them.\n    peo: The PEO feeds them.",
            f"text: {'x ' * 91}",
            "6: warning: 'text' of entry 'zebras' has 91 words, and a reply has room for 90. "
            "Shorten it, or move the details to 'more'.",
            id="a single text",
        ),
        pytest.param(
            "aso: The client feeds them.\n    peo: The PEO feeds them.",
            f"aso: {'x ' * 40}\n    peo: {'x ' * 40}\n    note: {'x ' * 20}",
            "3: warning: entry 'zebras' has 101 words with its note, and a reply has room for 95. "
            "Shorten a side, or move the details to 'more'.",
            id="all of it together",
        ),
        pytest.param(
            "title: Zebras",
            f"title: {'z' * 31}",
            "4: warning: the title of entry 'zebras' has 31 characters, and a button shows 30. "
            "Add a shorter title as 'short:'.",
            id="a title on a button",
        ),
    ],
)
def test_a_text_over_its_budget_is_named_with_its_line(linked: Folder, old: str, words: str, expected: str) -> None:
    linked.replace("zebras.yaml", old, words)
    assert warnings(linked) == [f"knowledge/zebras.yaml:{expected}"]


def test_a_long_title_with_a_short_one_is_in_order_and_a_long_short_one_is_a_fault(linked: Folder) -> None:
    linked.replace("zebras.yaml", "title: Zebras", f"title: {'z' * 31}\n    short: {'z' * 30}")
    assert warnings(linked) == []
    linked.replace("zebras.yaml", "z" * 30 + "\n    question", "z" * 31 + "\n    question")
    assert linked.faults() == [
        "knowledge/zebras.yaml:5: 'short' of entry 'zebras' has 31 characters; 30 fit into Slack. Shorten it."
    ]


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        pytest.param("{title: On zebras, publisher: A zoo}", "link", id="no link"),
        pytest.param("{publisher: A zoo, link: 'https://zoo.example'}", "title", id="no title"),
        pytest.param("{publisher: A zoo}", "title and no link", id="neither"),
    ],
)
def test_a_source_that_readers_cannot_follow_is_named(linked: Folder, source: str, missing: str) -> None:
    [warning] = warnings(with_source(linked, source))
    assert warning.startswith("knowledge/zebras.yaml:8: warning: source 2 of entry 'zebras' has no ")
    assert f"has no {missing}, so readers do not see it. Add {missing.replace(' no ', ' ')}." in warning


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("{title: Zebras, publisher: A zoo, link: 'https://zoo.example/zebras'}", id="another title"),
        pytest.param("{title: On zebras, publisher: Zoo, link: 'https://www.zoo.example/zebras/'}", id="another link"),
        pytest.param("{title: 'On zebras.', publisher: 'A zoo, Inc.', link: 'https://zoo.example'}", id="publisher"),
        pytest.param(f"{ON_ZEBRAS[:-1]}, date: '2019'}}", id="a date"),
    ],
)
def test_a_source_that_two_entries_spell_differently_is_named_with_both_places(linked: Folder, other: str) -> None:
    with_source(linked, ON_ZEBRAS)
    linked.write("gnus.yaml", "theme: Gnus\nentries:\n" + AN_ENTRY.format(id="gnus", source=other))
    assert warnings(linked) == [
        "knowledge/zebras.yaml:8: warning: source 2 of entry 'zebras' is spelled differently in knowledge/gnus.yaml:8. "
        "Write title, publisher, date and link the same in both."
    ]


def test_the_same_source_and_the_same_title_by_two_publishers_are_in_order(linked: Folder) -> None:
    with_source(linked, ON_ZEBRAS)
    more = {"gnus": ON_ZEBRAS, "parrots": "{title: On zebras, publisher: The park, link: 'https://park.example'}"}
    entries = [AN_ENTRY.format(id=name, source=source) for name, source in more.items()]
    linked.write("gnus.yaml", "theme: Gnus\nentries:\n" + "".join(entries))
    assert warnings(linked) == []


@pytest.mark.parametrize("names", ["Acme", "ACME's"])
def test_a_text_that_names_a_competitor_is_named(linked: Folder, names: str) -> None:
    linked.write("provider.yaml", f"{linked.text('provider.yaml')}competitors: [Acme]\n")
    linked.replace("zebras.yaml", "The PEO feeds them.", f"The PEO feeds them. Acmeville and {names} differ.")
    assert warnings(linked) == [
        "knowledge/zebras.yaml:7: warning: 'peo' of entry 'zebras' names 'Acme', a competitor of the provider. "
        "Leave it out, or take it off the list in provider.yaml."
    ]


def test_a_provider_without_a_link_is_named(linked: Folder) -> None:
    linked.write("provider.yaml", "name: A Provider\ntitle: Their page\n")
    assert warnings(linked) == [
        "knowledge/provider.yaml:1: warning: the provider has no link, so no reply shows its page. Add 'link:'."
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One. Two? Three!", ["One.", "Two?", "Three!"], id="three"),
        pytest.param(
            "See 26 U.S.C. 3511 and No. 5. Then pay.", ["See 26 U.S.C. 3511 and No. 5.", "Then pay."], id="law"
        ),
        pytest.param("It is 3.5% of pay. 12 states differ.", ["It is 3.5% of pay.", "12 states differ."], id="figures"),
        pytest.param('They say "no." Then they pay.', ['They say "no."', "Then they pay."], id="quotes"),
        pytest.param("No end", ["No end"], id="no full stop"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_a_text_is_taken_apart_between_its_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_of_a_long_note_the_sentences_that_fit_are_shown() -> None:
    first, second = f"A{' xx' * 11}.", f"B{' xx' * 20}."
    assert shown_of_note(first) == first
    assert shown_of_note(f"{first} {second}") == first
    assert shown_of_note(f"{second} {second}") == second
    assert shown_of_note(f"C{' xx' * 25}. {first}") == ""
