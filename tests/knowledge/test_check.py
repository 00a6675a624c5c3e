"""What is wrong with a knowledge folder, at which line, and what to do: one slip, one line."""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge import digest_of_files
from tests.knowledge.support import SMALL, ZEBRAS, Folder

MEGABYTE = 1_000_000


def zebras_with(old: str, new: str) -> str:
    assert ZEBRAS.count(old) == 1
    return ZEBRAS.replace(old, new)


def test_the_shipped_knowledge_with_one_more_sound_file_has_no_faults(shipped: Folder) -> None:
    shipped.write("zebras.yaml", ZEBRAS)
    assert shipped.faults() == []


def test_the_small_knowledge_has_no_faults(small: Folder) -> None:
    assert small.faults(thorough=True) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "    aso: The client feeds them.\n",
            "",
            "3: entry 'zebras' has no 'aso'. "
            "Add an 'aso:' line; an entry needs an 'aso' and a 'peo' side, or a 'text'.",
            id="no ASO side",
        ),
        pytest.param(
            "    peo: The PEO feeds them.\n",
            "",
            "3: entry 'zebras' has no 'peo'. Add a 'peo:' line; an entry needs an 'aso' and a 'peo' side, or a 'text'.",
            id="no PEO side",
        ),
        pytest.param(
            "    sources",
            "    text: Zebras are fed.\n    sources",
            "8: entry 'zebras' has a 'text' beside a side. Keep the 'text', or an 'aso' and a 'peo' side.",
            id="a text beside both sides",
        ),
        pytest.param(
            "    peo: The PEO feeds them.\n",
            "    text: Zebras are fed.\n",
            "7: entry 'zebras' has a 'text' beside a side. Keep the 'text', or an 'aso' and a 'peo' side.",
            id="a text beside one side",
        ),
        pytest.param(
            "title: Zebras",
            "title:",
            "4: 'title' of entry 'zebras' is empty. Write it, or delete the line.",
            id="no words",
        ),
        pytest.param(
            "The PEO feeds them.",
            '"  "',
            "7: 'peo' of entry 'zebras' is empty. Write it, or delete the line.",
            id="nothing but spaces",
        ),
        pytest.param(
            "The PEO feeds them.",
            "~",
            "7: 'peo' of entry 'zebras' is empty. Write it, or delete the line.",
            id="a null",
        ),
        pytest.param(
            "[provider]",
            "[]",
            "8: 'sources' of entry 'zebras' is empty. Write it, or delete the line.",
            id="a list without items",
        ),
        pytest.param(
            "      - whose job",
            "      -\n      - whose job",
            "12: item 1 of 'phrasings' of entry 'zebras' is empty. Write it, or delete the line.",
            id="an item without words",
        ),
        pytest.param(
            "    related",
            "    relatd",
            "10: unknown key 'relatd' in entry 'zebras'. Did you mean 'related'?",
            id="a key misspelt",
        ),
        pytest.param(
            "    related",
            "    colour: black\n    related",
            "10: unknown key 'colour' in entry 'zebras'. Delete it, or see the schema for the keys there are.",
            id="a key like no other",
        ),
        pytest.param(
            "    related",
            "    row: 4\n    related",
            "10: unknown key 'row' in entry 'zebras'. Delete it, or see the schema for the keys there are.",
            id="a key with the name of a kind of entry",
        ),
        pytest.param(
            "theme: Zebras",
            "theme: Zebras\ntitel: Zebras",
            "2: unknown key 'titel' in this file. Delete it, or see the schema for the keys there are.",
            id="an unknown key of the file",
        ),
        pytest.param(
            "2026-11-23",
            "23.11.2026",
            "9: 'reviewed' of entry 'zebras' is not a date: '23.11.2026'. Write it as year-month-day, like 2026-11-23.",
            id="a date in another order",
        ),
        pytest.param(
            "2026-11-23",
            "2026-02-30",
            "9: 'reviewed' of entry 'zebras' is not a date: '2026-02-30'. Write it as year-month-day, like 2026-11-23.",
            id="a day that no calendar has",
        ),
        pytest.param(
            "2026-11-23",
            "0",
            "9: 'reviewed' of entry 'zebras' is not a date: '0'. Write it as year-month-day, like 2026-11-23.",
            id="a number for a date",
        ),
        pytest.param(
            "[provider]",
            "[{title: On zebras, publisher: A zoo, link: zoo.example}]",
            "8: 'link' of source 1 of entry 'zebras' is not a web address: 'zoo.example'. Start it with https://.",
            id="a link without https",
        ),
        pytest.param(
            "[provider]",
            "[{title: On zebras, publisher: A zoo, link: 'javascript:alert(1)'}]",
            "8: 'link' of source 1 of entry 'zebras' is not a web address: 'javascript:alert(1)'. Start it with https://.",
            id="a link that is a script",
        ),
        pytest.param(
            "[provider]",
            "[provider, {title: On zebras}]",
            "8: source 2 of entry 'zebras' has no 'publisher'. Add a 'publisher:' line.",
            id="a source without its publisher",
        ),
        pytest.param(
            "[provider]",
            "[{title: On zebras, publisher: A zoo, lnk: 'https://zoo.example'}]",
            "8: unknown key 'lnk' in source 1 of entry 'zebras'. Did you mean 'link'?",
            id="a key of a source misspelt",
        ),
        pytest.param(
            "[provider]",
            "[providr]",
            "8: source 1 of entry 'zebras' is 'providr'. Write 'provider', or title and publisher.",
            id="a source that is neither the provider nor described",
        ),
        pytest.param(
            "id: zebras",
            "id: Zebras_2",
            "3: 'id' of entry 'Zebras_2' is not a valid id: 'Zebras_2'. Use a-z, 0-9 and single hyphens.",
            id="an id with capitals",
        ),
        pytest.param("id: zebras\n    title", "title", "3: entry 1 has no 'id'. Add an 'id:' line.", id="no id"),
        pytest.param(
            "[peo]", "[pe0]", "10: related entry 'pe0' does not exist. Did you mean 'peo'?", id="a related id misspelt"
        ),
        pytest.param(
            "[peo]",
            "[qqqqqq]",
            "10: related entry 'qqqqqq' does not exist. Delete it, or add the entry.",
            id="a related id like no other",
        ),
        pytest.param(
            "[peo]", "[zebras]", "10: entry 'zebras' is related to itself. Delete the line.", id="related to itself"
        ),
        pytest.param(
            "[peo]", "peo", "10: 'related' of entry 'zebras' is not a list. Write it as a list.", id="a word for a list"
        ),
        pytest.param(
            "[peo]",
            "{peo: yes}",
            "10: 'related' of entry 'zebras' is not a list. Write it as a list.",
            id="a mapping for a list",
        ),
        pytest.param(
            "title: Zebras",
            "title: [Zebras]",
            "4: 'title' of entry 'zebras' is not text. Write it as text.",
            id="a list for a text",
        ),
        pytest.param(
            "title: Zebras",
            "title: About: zebras",
            "4: this is not valid YAML (mapping values are not allowed in this context). "
            "Check quotes, colons and indentation.",
            id="a second colon",
        ),
        pytest.param(
            "title: Zebras",
            'title: "Zebras',
            "13: this is not valid YAML (while scanning a quoted scalar found unexpected end of stream). "
            "Check quotes, colons and indentation.",
            id="a quote that is not closed",
        ),
        pytest.param(
            "    title",
            "\ttitle",
            "4: the line is indented with a tab. Use spaces instead.",
            id="a tab for spaces",
        ),
        pytest.param(
            "The client feeds them.",
            "&feeds The client feeds them.",
            "6: anchors (&) and aliases (*) are not allowed. Write the text out.",
            id="an anchor",
        ),
        pytest.param(
            "The client feeds them.",
            "*feeds",
            "6: anchors (&) and aliases (*) are not allowed. Write the text out.",
            id="an alias",
        ),
        pytest.param(
            "The client feeds them.",
            "!!python/object/apply:os.getcwd []",
            "6: the tag tag:yaml.org,2002:python/object/apply:os.getcwd is not allowed. Write a plain list or mapping.",
            id="a tag before a list",
        ),
        pytest.param(
            "2026-11-23",
            "!!timestamp 2026-11-23",
            "9: the tag tag:yaml.org,2002:timestamp is not allowed. Write plain text.",
            id="a tag before a word",
        ),
        pytest.param(
            "    peo: The PEO",
            "    aso: Nobody feeds them.\n    peo: The PEO",
            "7: the key 'aso' stands here a second time (first in line 6). Keep one.",
            id="a key twice",
        ),
        pytest.param(
            "    related: [peo]\n",
            "    related: [peo]\n    ? [a, b]\n    : c\n",
            "11: a key must be a word. Write 'key: value'.",
            id="a list for a key",
        ),
        pytest.param(
            "      - whose job is it to feed zebras\n",
            "      - whose job is it to feed zebras\n---\ntheme: Lions\n",
            "13: a second YAML document begins here. Remove the line of dashes.",
            id="a second document",
        ),
    ],
)
def test_one_slip_in_an_entry_gives_one_line(small: Folder, old: str, new: str, expected: str) -> None:
    small.write("zebras.yaml", zebras_with(old, new))
    assert small.faults() == [f"knowledge/zebras.yaml:{expected}"]


@pytest.mark.parametrize(
    "old", ["    text: A", "    aso: The client or the ASO manages unemployment claims.\n    peo: The"]
)
def test_an_entry_without_sides_and_without_text_is_told_what_an_entry_needs(small: Folder, old: str) -> None:
    name = "concepts.yaml" if "text" in old else "comparison.yaml"
    first_line = small.text(name).splitlines()[2]
    body = small.text(name).split(old, 1)
    small.write(name, body[0] + body[1].split("\n", 1)[1])
    entry_id = first_line.removeprefix("  - id: ")
    needs = "an entry needs an 'aso' and a 'peo' side, or a 'text'."
    assert small.faults() == [
        f"knowledge/{name}:3: entry '{entry_id}' has no 'aso'. Add an 'aso:' line; {needs}",
        f"knowledge/{name}:3: entry '{entry_id}' has no 'peo'. Add a 'peo:' line; {needs}",
    ]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        pytest.param(
            "zebras.yaml", "", "1: the file is empty. Restore it, or delete it if it is not needed.", id="empty"
        ),
        pytest.param(
            "zebras.yaml",
            "# theme: Zebras\n",
            "1: the file is empty. Restore it, or delete it if it is not needed.",
            id="nothing but a comment",
        ),
        pytest.param(
            "zebras.yaml",
            "- theme: Zebras\n- entries: []\n",
            "1: this file is not a mapping. Write it as a mapping.",
            id="a list for a file of entries",
        ),
        pytest.param(
            "comparison.yaml",
            "- id: peo\n",
            "1: this file is not a mapping. Write it as a mapping.",
            id="a list for the comparison",
        ),
        pytest.param(
            "zebras.yaml",
            "just words\n",
            "1: this file is not a mapping. Write it as a mapping.",
            id="words for a file",
        ),
        pytest.param(
            "zebras.yaml",
            "theme: Zebras\nentries: {zebras: striped}\n",
            "2: 'entries' of this file is not a list. Write it as a list.",
            id="a mapping for the list of entries",
        ),
        pytest.param(
            "zebras.yaml",
            "theme: Zebras\nentries:\n  - zebras\n",
            "3: entry 1 is not a mapping. Write it as a mapping.",
            id="a word for an entry",
        ),
        pytest.param(
            "zebras.yaml",
            "theme: Zebras\n",
            "1: this file has no 'entries'. Add an 'entries:' line.",
            id="a file without entries",
        ),
        pytest.param(
            "zebras.yaml",
            ZEBRAS.encode().replace(b"feeds the", b"feeds th\xe9"),
            "5: the text is not UTF-8. Save the file as UTF-8.",
            id="Latin-1",
        ),
        pytest.param(
            "zebras.yaml", ZEBRAS.encode("utf-16"), "1: the text is not UTF-8. Save the file as UTF-8.", id="UTF-16"
        ),
        pytest.param(
            "zebras.yaml",
            ZEBRAS.replace("The PEO", "The \x00PEO"),
            "1: this is not valid YAML (unacceptable character #x0000: control characters are not allowed). "
            "Remove the unreadable characters.",
            id="a control character",
        ),
        pytest.param(
            "zebras.yaml",
            "theme: " + "z" * 5 * MEGABYTE,
            "1: the file is larger than 2,000,000 bytes. Split it into several files.",
            id="five megabytes",
        ),
        pytest.param(
            "zebras.yaml",
            "[" * 100_000,
            "1: the text is nested more than 12 levels deep. Flatten it.",
            id="a hundred thousand brackets",
        ),
        pytest.param(
            "zebras.yaml",
            "{a: " * 100_000,
            "1: the text is nested more than 12 levels deep. Flatten it.",
            id="a hundred thousand braces",
        ),
        pytest.param(
            "zebras.yaml",
            "- " * 100_000,
            "1: the text is nested more than 12 levels deep. Flatten it.",
            id="a hundred thousand dashes",
        ),
    ],
)
def test_a_file_that_is_no_file_of_entries_gives_one_line(
    small: Folder, name: str, content: str | bytes, expected: str
) -> None:
    small.write(name, content)
    assert small.faults() == [f"knowledge/{name}:{expected}"]


@pytest.mark.parametrize(
    "encode", [lambda text: b"\xef\xbb\xbf" + text.encode(), lambda text: text.replace("\n", "\r\n").encode()]
)
def test_what_windows_editors_write_is_read(small: Folder, encode: Callable[[str], bytes]) -> None:
    small.write("zebras.yaml", encode(ZEBRAS))
    assert small.faults() == []


@pytest.mark.parametrize(
    ("name", "old", "new", "at", "expected"),
    [
        pytest.param(
            "comparison.yaml",
            "workers-comp-audit, risk-and-safety]",
            "workers-comp-audit, risk-and-safty]",
            "risk-and-safty",
            "related entry 'risk-and-safty' does not exist. Did you mean 'risk-and-safety'?",
            id="a related id in the comparison",
        ),
        pytest.param(
            "provider.yaml",
            "  choosing:",
            "  choozing:",
            "choozing",
            "there is no entry 'choozing'. Did you mean 'choosing'?",
            id="a remark of the provider",
        ),
        pytest.param(
            "phrasings-comparison.yaml",
            "  workers-compensation:",
            "  worker-compensation:",
            "  worker-compensation:",
            "there is no entry 'worker-compensation'. Did you mean 'workers-compensation'?",
            id="more phrasings",
        ),
        pytest.param(
            "glossary.yaml",
            "see: cpeo",
            "see: cpeos",
            "see: cpeos",
            "there is no entry 'cpeos'. Did you mean 'cpeo'?",
            id="the entry to read on",
        ),
        pytest.param(
            "provider.yaml",
            "link: https",
            "link: htps",
            "link: ",
            "'link' of this file is not a web address: "
            "'htps://www.employersresource.com/peo-co-employment/peo-vs...'. Start it with https://.",
            id="the provider's link",
        ),
        pytest.param(
            "vocabulary.yaml",
            "groups:\n",
            "groups:\n  Zebra Words: {words: [zebra]}\n",
            "Zebra Words",
            "a key of 'groups' is not a valid id: 'Zebra Words'. Use a-z, 0-9 and single hyphens.",
            id="the id of a group",
        ),
        pytest.param(
            "vocabulary.yaml",
            "groups:\n",
            "groups:\n  zebra: [zebra, zebras]\n",
            "zebra: [",
            "group 'zebra' is not a mapping. Write it as a mapping.",
            id="a list for a group",
        ),
        pytest.param(
            "vocabulary.yaml",
            "groups:\n",
            "groups:\n  zebra: {words: [zebra], mispellings: [zbera]}\n",
            "zebra: {",
            "unknown key 'mispellings' in group 'zebra'. Did you mean 'misspellings'?",
            id="a key of a group misspelt",
        ),
        pytest.param(
            "vocabulary.yaml",
            "filler:\n",
            "fillers:\n",
            "fillers:",
            "unknown key 'fillers' in this file. Did you mean 'filler'?",
            id="a key of the vocabulary misspelt",
        ),
        pytest.param(
            "glossary.yaml",
            "see: cpeo",
            "see: cpeo\n    sees: aso",
            "sees: aso",
            "unknown key 'sees' in term 'CPEO'. Delete it, or see the schema for the keys there are.",
            id="a key of a term too many",
        ),
    ],
)
def test_one_slip_in_a_shipped_file_gives_one_line(
    shipped: Folder, name: str, old: str, new: str, at: str, expected: str
) -> None:
    shipped.replace(name, old, new)
    assert shipped.faults() == [f"knowledge/{name}:{shipped.line(name, at)}: {expected}"]


def test_a_key_that_replaces_a_required_one_is_unknown_and_the_required_one_missing(small: Folder) -> None:
    small.replace("outside.yaml", "questions:", "question:")
    assert small.faults() == [
        "knowledge/outside.yaml:1: this file has no 'questions'. Add a 'questions:' line.",
        "knowledge/outside.yaml:1: unknown key 'question' in this file. Did you mean 'questions'?",
    ]


def test_an_id_belongs_to_one_entry(shipped: Folder) -> None:
    shipped.write("zebras.yaml", zebras_with("id: zebras", "id: suta-rate"))
    taken_by = f"knowledge/comparison.yaml:{shipped.line('comparison.yaml', '- id: suta-rate')}"
    assert shipped.faults() == [
        f"knowledge/zebras.yaml:3: the id 'suta-rate' is taken by {taken_by}. Give this entry another id."
    ]


def test_an_id_belongs_to_one_entry_even_when_both_stand_in_one_line(small: Folder) -> None:
    entry = (
        "{id: zebras, title: Z, question: Zebras?, text: Z, sources: [provider], reviewed: 2026-11-23, phrasings: [z]}"
    )
    small.write("zebras.yaml", f"theme: Zebras\nentries: [{entry}, {entry}]\n")
    assert small.faults() == [
        "knowledge/zebras.yaml:2: the id 'zebras' is taken by knowledge/zebras.yaml:2. Give this entry another id."
    ]


# --- Phrasings, compared only when the check is thorough


@pytest.mark.parametrize(
    ("phrasing", "expected"),
    [
        pytest.param(
            "Whose job: feeding ZEBRAS is it to?",
            "13: the phrasing 'Whose job: feeding ZEBRAS is it to?' of 'zebras' stands in knowledge/zebras.yaml:12 "
            "already, under 'zebras'. Delete one of the two.",
            id="twice in one entry, whatever the case, order and inflection",
        ),
        pytest.param(
            "what does PEO stand for?",
            "13: the phrasing 'what does PEO stand for?' of 'zebras' stands in knowledge/concepts.yaml:11 already, "
            "under 'peo'. Delete one of the two.",
            id="in two files",
        ),
        pytest.param(
            "who answers when a formal employee files for unemployment",
            "13: the phrasing 'who answers when a formal employee files for unemployment' of 'zebras' nearly collides "
            "with 'who answers when a former employee files for unemployment' of 'unemployment-claims' in "
            "knowledge/comparison.yaml:12. Make clear in both what only one of them asks, or delete one.",
            id="one letter apart",
        ),
    ],
)
def test_a_phrasing_belongs_to_one_entry(small: Folder, phrasing: str, expected: str) -> None:
    small.write("zebras.yaml", ZEBRAS + f'      - "{phrasing}"\n')
    assert small.faults(thorough=True) == [f"knowledge/zebras.yaml:{expected}"]


def test_a_phrasing_among_the_many_counts_like_one_of_an_entry(small: Folder) -> None:
    small.write(
        "phrasings.yaml",
        SMALL["phrasings.yaml"] + "  aso:\n    - What is a PEO?\n    - Explain P-E-O (the letters)\n",
    )
    assert small.faults(thorough=True) == [
        "knowledge/phrasings.yaml:5: the phrasing 'What is a PEO?' of 'aso' stands in knowledge/concepts.yaml:5 "
        "already, under 'peo'. Delete one of the two.",
        "knowledge/phrasings.yaml:6: the phrasing 'Explain P-E-O (the letters)' of 'aso' stands in "
        "knowledge/phrasings.yaml:3 already, under 'peo'. Delete one of the two.",
    ]


def test_phrasings_that_are_all_alike_get_one_line_each(small: Folder) -> None:
    alike = [f"who pays the keeper when zebra number {number} is fed at night" for number in range(4)]
    small.write("phrasings.yaml", "phrasings:\n")
    for entry_id, phrasing in zip(("peo", "aso", "unemployment-claims", "zebras"), alike, strict=True):
        small.write("phrasings.yaml", small.text("phrasings.yaml") + f"  {entry_id}:\n    - {phrasing}\n")
    small.write("zebras.yaml", ZEBRAS)
    faults = small.faults(thorough=True)
    assert [fault.partition(": ")[0] for fault in faults] == [f"knowledge/phrasings.yaml:{line}" for line in (5, 7, 9)]
    assert all("nearly collides with" in fault for fault in faults)


def test_near_phrasings_of_one_entry_are_welcome(small: Folder) -> None:
    small.write("zebras.yaml", ZEBRAS + "      - whose job is it to feed zebus\n")
    assert small.faults(thorough=True) == []


def test_an_entry_may_list_its_own_question_as_a_phrasing(small: Folder) -> None:
    small.write("zebras.yaml", ZEBRAS + "      - Who feeds the zebras?\n")
    assert small.faults(thorough=True) == []


def test_phrasings_are_not_compared_while_a_file_of_entries_cannot_be_read(small: Folder) -> None:
    small.write("concepts.yaml", "entries: [")
    small.write("phrasings.yaml", "phrasings:\n  peo:\n    - what is a PEO\n    - What is a PEO?\n")
    [fault] = small.faults(thorough=True)
    assert fault.startswith("knowledge/concepts.yaml:")


def test_a_running_bot_starts_with_phrasings_that_collide(small: Folder) -> None:
    small.write("zebras.yaml", ZEBRAS + "      - what does PEO stand for\n")
    assert small.faults(thorough=False) == []


# --- Words of the vocabulary


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param(
            "administrative service organization",
            "15: 'administrative service organization' belongs to group 'zebra' and, in "
            "knowledge/vocabulary.yaml:9, to group 'aso'. Keep it where it means one thing.",
            id="in two groups, whatever the inflection",
        ),
        pytest.param(
            "a.s.o.",
            "15: 'a.s.o.' belongs to group 'zebra' and, in knowledge/vocabulary.yaml:8, "
            "to group 'aso'. Keep it where it means one thing.",
            id="an acronym of another group, with full stops",
        ),
    ],
)
def test_a_word_belongs_to_one_group(small: Folder, word: str, expected: str) -> None:
    small.replace("vocabulary.yaml", "greetings:", f"  zebra:\n    words:\n      - zebra\n      - {word}\ngreetings:")
    assert small.faults() == [f"knowledge/vocabulary.yaml:{expected}"]


def test_a_group_may_list_the_inflections_of_its_words(small: Folder) -> None:
    small.replace("vocabulary.yaml", "      - PEO\n", "      - PEO\n      - PEOs\n")
    assert small.faults() == []


# --- Limits

LONG = "z"


@pytest.mark.parametrize(
    ("key", "limit"),
    [("title", 70), ("question", 150), ("aso", 1_500), ("peo", 1_500), ("note", 1_500), ("more", 2_500), ("id", 60)],
)
def test_a_text_of_an_entry_fits_into_slack(small: Folder, key: str, limit: int) -> None:
    lines = [line for line in ZEBRAS.splitlines() if not line.lstrip(" -").startswith(f"{key}:")]
    mark = "  - " if key == "id" else "    "
    at = 2 if key == "id" else 4

    def with_length(length: int) -> str:
        return "\n".join([*lines[:at], f"{mark}{key}: {LONG * length}", *lines[at:]]) + "\n"

    small.write("zebras.yaml", with_length(limit))
    assert small.faults() == []
    small.write("zebras.yaml", with_length(limit + 1))
    name = f"{LONG * 57}..." if key == "id" else "zebras"
    assert small.faults() == [
        f"knowledge/zebras.yaml:{at + 1}: '{key}' of entry '{name}' has {limit + 1:,} characters; "
        f"{limit:,} fit into Slack. Shorten it."
    ]


@pytest.mark.parametrize(
    ("name", "old", "limit", "line", "what"),
    [
        pytest.param(
            "concepts.yaml",
            "A Professional Employer Organization works through co-employment.",
            2_500,
            6,
            "'text' of entry 'peo'",
            id="the text of a concept",
        ),
        pytest.param(
            "concepts.yaml", "what does PEO stand for", 500, 11, "item 1 of 'phrasings' of entry 'peo'", id="a phrasing"
        ),
        pytest.param("concepts.yaml", "The two models", 70, 1, "'theme' of this file", id="a theme"),
        pytest.param(
            "phrasings.yaml",
            "explain the letters P E O",
            500,
            3,
            "item 1 of 'peo' of 'phrasings'",
            id="one of the many phrasings",
        ),
        pytest.param("outside.yaml", "lunch at noon", 500, 4, "item 1 of 'chatter' of this file", id="chatter"),
        pytest.param("provider.yaml", "A Provider", 150, 1, "'name' of this file", id="the provider's name"),
        pytest.param("glossary.yaml", "An employer beside yours.", 250, 4, "'meaning' of term 'PEO'", id="a meaning"),
        pytest.param(
            "glossary.yaml",
            "professional employer organization",
            150,
            3,
            "'stands_for' of term 'PEO'",
            id="what letters stand for",
        ),
        pytest.param(
            "vocabulary.yaml",
            "administrative services organization",
            80,
            9,
            "item 2 of 'words' of group 'aso'",
            id="a word",
        ),
        pytest.param("vocabulary.yaml", "hello", 80, 13, "item 1 of 'greetings' of this file", id="a greeting"),
    ],
)
def test_every_other_text_has_its_limit_too(
    small: Folder, name: str, old: str, limit: int, line: int, what: str
) -> None:
    small.replace(name, old, LONG * limit)
    assert small.faults() == []
    small.replace(name, LONG * limit, LONG * (limit + 1))
    assert small.faults() == [
        f"knowledge/{name}:{line}: {what} has {limit + 1:,} characters; {limit:,} fit into Slack. Shorten it."
    ]


# --- Files and folders


@pytest.mark.parametrize(
    "name",
    [
        "comparison.yaml",
        "concepts.yaml",
        "vocabulary.yaml",
        "provider.yaml",
        "outside.yaml",
        "glossary.yaml",
    ],
)
def test_a_missing_file_gives_one_line_and_no_echo_in_other_files(shipped: Folder, name: str) -> None:
    (shipped.path / name).unlink()
    assert shipped.faults() == [
        f"knowledge/{name}:1: the file is missing. Restore it, or point KNOWLEDGE_DIR at a complete folder."
    ]


def test_a_folder_with_the_name_of_a_file_gives_one_line(shipped: Folder) -> None:
    (shipped.path / "zebras.yaml").mkdir()
    assert shipped.faults() == [
        "knowledge/zebras.yaml:1: the file cannot be read (Is a directory). Check its type and permissions."
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_gives_one_line(shipped: Folder) -> None:
    (shipped.path / "concepts.yaml").chmod(0)
    assert shipped.faults() == [
        "knowledge/concepts.yaml:1: the file cannot be read (Permission denied). Check its type and permissions."
    ]


@pytest.mark.parametrize(("name", "reason"), [("nowhere", "No such file or directory"), ("a-file", "Not a directory")])
def test_a_folder_that_is_none_gives_one_line(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "a-file").touch()
    assert Folder(tmp_path / name).faults() == [
        f"{tmp_path / name}:1: the folder cannot be read ({reason}). "
        "Point KNOWLEDGE_DIR and KNOWLEDGE_EXTRA_DIR at knowledge folders."
    ]


def test_files_that_are_not_yaml_are_left_alone(small: Folder) -> None:
    small.write("notes.txt", b"\xff\x00 [")
    small.write("zebras.yaml~", "[")
    assert small.faults() == []


# --- Hostile files


def test_a_billion_laughs_are_refused_within_a_second_and_a_few_megabytes(small: Folder) -> None:
    laughs = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    laughs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    small.write("zebras.yaml", "\n".join(laughs))
    tracemalloc.start()
    started = time.perf_counter()
    try:
        faults = small.faults()
        seconds = time.perf_counter() - started
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert faults == ["knowledge/zebras.yaml:1: anchors (&) and aliases (*) are not allowed. Write the text out."]
    assert seconds < 1
    assert peak_bytes < 5 * MEGABYTE


def test_a_huge_file_is_not_read_to_its_end(small: Folder) -> None:
    with (small.path / "zebras.yaml").open("wb") as file:
        file.truncate(10_000 * MEGABYTE)
    tracemalloc.start()
    try:
        faults = small.faults()
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert faults == ["knowledge/zebras.yaml:1: the file is larger than 2,000,000 bytes. Split it into several files."]
    assert peak_bytes < 10 * MEGABYTE


@pytest.mark.parametrize("target", ["/dev/zero", None], ids=["device", "named pipe"])
def test_what_is_no_regular_file_is_not_read(small: Folder, target: str | None) -> None:
    path = small.path / "zebras.yaml"
    path.symlink_to(target) if target else os.mkfifo(path)
    assert small.faults() == [
        "knowledge/zebras.yaml:1: the file cannot be read (Not a regular file). Check its type and permissions."
    ]


def test_the_digest_of_a_folder_reads_no_more_of_a_file_than_the_check(small: Folder) -> None:
    before = digest_of_files(small.path)
    os.mkfifo(small.path / "pipe.yaml")
    (small.path / "zeros.yaml").symlink_to("/dev/zero")
    with (small.path / "zebras.yaml").open("wb") as file:
        file.truncate(3_000 * MEGABYTE)
    tracemalloc.start()
    try:
        with_special_files = digest_of_files(small.path)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert with_special_files not in (None, before)
    assert with_special_files == digest_of_files(small.path)
    assert peak_bytes < 10 * MEGABYTE


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(lambda count: ["theme: Zebras", *(f"k{n}: x" for n in range(count))], id="unknown keys of a file"),
        pytest.param(
            lambda count: [*ZEBRAS.splitlines(), *(f"    k{n}: x" for n in range(count))],
            id="unknown keys of an entry",
        ),
        pytest.param(
            lambda count: [ZEBRAS.replace("[peo]", "[" + ", ".join(f"k{n}" for n in range(count)) + "]")],
            id="related entries that do not exist",
        ),
    ],
)
def test_four_times_the_faults_take_about_four_times_the_time(small: Folder, lines: Callable[[int], list[str]]) -> None:
    def seconds(count: int) -> float:
        """The shortest of some runs, which other work on the machine disturbs least."""
        small.write("zebras.yaml", "\n".join(lines(count)) + "\n")
        found = []
        for _ in range(3):
            started = time.process_time()
            assert len(small.faults()) >= count
            found.append(time.process_time() - started)
        return min(found)

    # 4 if time is in proportion, 16 if it grows with the square.
    assert seconds(16_000) < 11 * seconds(4_000)


def test_text_that_is_quoted_in_a_fault_stays_within_its_line(small: Folder) -> None:
    small.write("zebras.yaml", zebras_with("2026-11-23", '"the\\nday\\nbefore ' + "z" * 100_000 + '"'))
    assert small.faults() == [
        f"knowledge/zebras.yaml:9: 'reviewed' of entry 'zebras' is not a date: 'the day before {'z' * 42}...'. "
        "Write it as year-month-day, like 2026-11-23."
    ]


# --- All at once


def test_all_faults_of_all_files_come_in_one_run_in_the_order_of_file_and_line(small: Folder) -> None:
    small.write(
        "zebras.yaml", zebras_with("[peo]", "[pe0]").replace("2026-11-23", "soon").replace("    aso:", "    asso:")
    )
    small.replace("comparison.yaml", "title: Unemployment claims", "title:")
    small.replace("glossary.yaml", "see: peo", "see: pe")
    small.replace("phrasings.yaml", "  peo:", "\tpeo:")
    (small.path / "outside.yaml").unlink()
    assert small.faults() == [
        "knowledge/comparison.yaml:4: 'title' of entry 'unemployment-claims' is empty. Write it, or delete the line.",
        "knowledge/glossary.yaml:5: there is no entry 'pe'. Did you mean 'peo'?",
        "knowledge/outside.yaml:1: the file is missing. Restore it, or point KNOWLEDGE_DIR at a complete folder.",
        "knowledge/phrasings.yaml:2: the line is indented with a tab. Use spaces instead.",
        "knowledge/zebras.yaml:3: entry 'zebras' has no 'aso'. "
        "Add an 'aso:' line; an entry needs an 'aso' and a 'peo' side, or a 'text'.",
        "knowledge/zebras.yaml:6: unknown key 'asso' in entry 'zebras'. Did you mean 'aso'?",
        "knowledge/zebras.yaml:9: 'reviewed' of entry 'zebras' is not a date: 'soon'. "
        "Write it as year-month-day, like 2026-11-23.",
        "knowledge/zebras.yaml:10: related entry 'pe0' does not exist. Did you mean 'peo'?",
    ]
