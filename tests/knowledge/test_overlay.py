"""A second folder over the shipped one: the owner's own words, more of everything, and what is switched off."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.answering import AnswerService
from bot.errors import KnowledgeError
from bot.evaluation.report import read_labelled
from bot.fitted import common_english_words
from bot.knowledge import Concept, KnowledgeBase, Row, load_knowledge
from bot.knowledge.load import GOLDEN
from bot.understanding import fit
from tests.knowledge.support import SHIPPED, ZEBRAS, Folder

# Questions by people who have not seen the phrasings.
TOPICS = Path(__file__).parents[1] / "questions" / "test" / "topics.jsonl"

# Lines 1 to 12: an entry of its own in the place of the one that the small knowledge has under this id.
OWN_CLAIMS = """\
theme: Our own words
entries:
  - id: unemployment-claims
    title: Claims, our way
    question: Who answers unemployment claims here?
    aso: You do.
    peo: We do.
    sources: [provider]
    reviewed: 2026-11-23
    related: [aso]
    phrasings:
      - our claims
"""


@dataclass(frozen=True)
class Overlay:
    """The small knowledge base and an empty folder over it; faults name their files as ``extra/...``."""

    small: Folder
    extra: Folder

    def load(self) -> KnowledgeBase:
        return load_knowledge(self.small.path, self.extra.path, thorough=True)

    def faults(self) -> list[str]:
        try:
            self.load()
        except KnowledgeError as error:
            return str(error).splitlines()
        return []


@pytest.fixture
def overlay(small: Folder) -> Overlay:
    path = small.path.parent / "extra"
    path.mkdir()
    return Overlay(small, Folder(path))


def related_ids(knowledge: KnowledgeBase) -> set[str]:
    return {related for entry in knowledge.entries.values() for related in entry.related}


# --- The owner's own words


def test_an_empty_folder_changes_nothing(overlay: Overlay) -> None:
    assert overlay.load() == load_knowledge(overlay.small.path)


def test_an_entry_replaces_the_one_of_its_id_in_its_old_place(overlay: Overlay) -> None:
    before = load_knowledge(overlay.small.path)
    overlay.extra.write("ours.yaml", OWN_CLAIMS)
    after = overlay.load()
    entry = after.entries["unemployment-claims"]
    assert isinstance(entry, Row)
    assert (entry.title, entry.aso, entry.peo) == ("Claims, our way", "You do.", "We do.")
    assert list(after.entries) == list(before.entries)
    assert [theme.title for theme in after.themes] == [theme.title for theme in before.themes]
    assert after.rows == (entry,)


def test_of_a_replaced_entry_nothing_is_left_that_was_in_its_place(overlay: Overlay) -> None:
    overlay.extra.write("ours.yaml", OWN_CLAIMS)
    assert overlay.load().phrasings["unemployment-claims"] == ("Who answers unemployment claims here?", "our claims")


def test_a_row_may_become_a_text(overlay: Overlay) -> None:
    overlay.extra.write(
        "ours.yaml", OWN_CLAIMS.replace("    aso: You do.\n    peo: We do.\n", "    text: It depends.\n")
    )
    entry = overlay.load().entries["unemployment-claims"]
    assert isinstance(entry, Concept)
    assert entry.text == "It depends."


def test_a_replaced_entry_is_not_held_against_the_new_one(overlay: Overlay) -> None:
    overlay.extra.write(
        "ours.yaml", OWN_CLAIMS.replace("our claims", "who answers when a former employee files for unemployment")
    )
    overlay.small.replace("comparison.yaml", "    related: [peo]\n", "    related: [gone]\n")
    assert overlay.faults() == []


def test_an_entry_of_a_new_id_makes_a_theme_that_stands_last(overlay: Overlay) -> None:
    overlay.extra.write("zebras.yaml", ZEBRAS)
    knowledge = overlay.load()
    assert knowledge.themes[-1].title == "Zebras"
    assert list(knowledge.entries)[-1] == "zebras"
    assert knowledge.phrasings["zebras"] == ("Who feeds the zebras?", "whose job is it to feed zebras")


def test_phrasings_vocabulary_terms_and_what_is_outside_are_added_to(overlay: Overlay) -> None:
    overlay.extra.write("phrasings.yaml", "phrasings:\n  peo:\n    - the full-service kind\n")
    overlay.extra.write(
        "vocabulary.yaml",
        "groups:\n  peo:\n    words: [full service]\n  zebra:\n    words: [zebra]\nfiller: [ahoy]\nthanks: [ta]\n",
    )
    overlay.extra.write(
        "glossary.yaml", "terms:\n  - term: ZEB\n    stands_for: zebra\n    meaning: Has stripes.\n    see: peo\n"
    )
    overlay.extra.write("outside.yaml", "questions: [who ate my lunch]\nchatter: [brb]\n")
    knowledge = overlay.load()
    assert knowledge.phrasings["peo"][-2:] == ("explain the letters P E O", "the full-service kind")
    groups = knowledge.vocabulary.groups
    assert groups["peo"].words == ("PEO", "professional employer organization", "full service")
    assert groups["zebra"].words == ("zebra",)
    assert groups["aso"].misspellings == ("A.S.O.",)
    assert knowledge.vocabulary.filler == ("ahoy",)
    assert knowledge.vocabulary.greetings == ("hello",)
    assert knowledge.vocabulary.thanks == ("ta",)
    assert [term.term for term in knowledge.glossary] == ["PEO", "ZEB"]
    assert knowledge.outside.questions == ("who won the cup final", "who ate my lunch")
    assert knowledge.outside.chatter == ("lunch at noon", "brb")


def test_a_term_replaces_the_one_of_its_name(overlay: Overlay) -> None:
    overlay.extra.write(
        "glossary.yaml", "terms:\n  - term: PEO\n    stands_for: ours\n    meaning: Ours.\n    see: aso\n"
    )
    assert [(term.term, term.stands_for, term.see) for term in overlay.load().glossary] == [("PEO", "ours", "aso")]


def test_the_provider_is_replaced_as_a_whole(overlay: Overlay) -> None:
    overlay.small.write("provider.yaml", "name: A Provider\ntitle: Their page\nremarks:\n  peo: Only theirs.\n")
    overlay.extra.write("provider.yaml", "name: Us\ntitle: Our page\n")
    provider = overlay.load().provider
    assert (provider.name, provider.title, provider.remarks) == ("Us", "Our page", {})


def test_a_change_in_either_folder_changes_the_digest(overlay: Overlay) -> None:
    digests = [overlay.load().digest]
    overlay.extra.write("zebras.yaml", ZEBRAS)
    digests.append(overlay.load().digest)
    overlay.extra.replace("zebras.yaml", "The PEO feeds", "The PEO also feeds")
    digests.append(overlay.load().digest)
    overlay.small.replace("provider.yaml", "A Provider", "Another")
    digests.append(overlay.load().digest)
    assert len(set(digests)) == 4


# --- What is switched off


def test_an_entry_that_is_switched_off_is_nowhere_to_be_seen(overlay: Overlay) -> None:
    overlay.extra.write("off.yaml", "entries: [peo]\n")
    knowledge = overlay.load()
    assert list(knowledge.entries) == ["unemployment-claims", "aso"]
    assert [entry.id for theme in knowledge.themes for entry in theme.entries] == ["unemployment-claims", "aso"]
    assert "peo" not in knowledge.phrasings
    assert "peo" not in related_ids(knowledge)
    assert knowledge.glossary == ()


def test_a_theme_that_is_switched_off_goes_with_all_its_entries(overlay: Overlay) -> None:
    overlay.extra.write("off.yaml", "themes: [concepts]\n")
    knowledge = overlay.load()
    assert list(knowledge.entries) == ["unemployment-claims"]
    assert [theme.title for theme in knowledge.themes] == ["Side by side"]
    assert related_ids(knowledge) == set()


def test_a_theme_of_the_upper_folder_can_be_switched_off_too(overlay: Overlay) -> None:
    overlay.extra.write("zebras.yaml", ZEBRAS)
    overlay.extra.write("off.yaml", "themes: [zebras]\n")
    assert "zebras" not in overlay.load().entries


def test_a_theme_whose_entries_are_all_switched_off_is_not_listed(overlay: Overlay) -> None:
    overlay.extra.write("off.yaml", "entries: [peo, aso]\n")
    assert [theme.title for theme in overlay.load().themes] == ["Side by side"]


def test_what_is_asked_about_an_entry_that_is_switched_off_becomes_what_is_not_ours(overlay: Overlay) -> None:
    asked = load_knowledge(overlay.small.path).phrasings["peo"]
    overlay.extra.write("off.yaml", "entries: [peo]\n")
    assert set(asked) <= set(overlay.load().outside.questions)


@pytest.fixture(scope="module")
def reduced(tmp_path_factory: pytest.TempPathFactory) -> AnswerService:
    """The shipped knowledge without a theme and without an entry that has close neighbors elsewhere."""
    extra = tmp_path_factory.mktemp("reduced")
    (extra / "off.yaml").write_text("themes: [neighbouring-models]\nentries: [suta-rate]\n")
    knowledge = load_knowledge(SHIPPED, extra)
    return AnswerService(knowledge, fit(knowledge, common_english_words()))


def test_questions_about_what_is_switched_off_are_not_answered_by_its_neighbors(
    reduced: AnswerService, knowledge: KnowledgeBase
) -> None:
    off = knowledge.entries.keys() - reduced.knowledge.entries.keys()
    assert "suta-rate" in off
    assert len(off) > 5
    for asked, most in (
        ([text for entry_id in sorted(off) for text in knowledge.phrasings[entry_id][::3]], 0.05),
        ([one.question for one in read_labelled(TOPICS, knowledge.entries) if one.right and one.right <= off], 0.15),
    ):
        answered = [text for text in asked if reduced.answer(text).kind != "none"]
        assert asked
        assert len(answered) <= most * len(asked), answered


def test_what_is_left_is_answered_as_before(reduced: AnswerService, knowledge: KnowledgeBase) -> None:
    golden = read_labelled(SHIPPED / GOLDEN, knowledge.entries)
    left = [one for one in golden if one.right and one.right <= reduced.knowledge.entries.keys()]
    changed = [one.question for one in left if not set(reduced.answer(one.question).topics) <= one.right]
    assert len(changed) <= 0.02 * len(left), changed


# --- Faults of the merged result


@pytest.mark.parametrize(
    ("name", "content", "faults"),
    [
        pytest.param(
            "off.yaml",
            "entries:\n  - unemployment-claim\n  - lions\nthemes:\n  - concept\n",
            [
                "extra/off.yaml:2: there is no entry 'unemployment-claim'. Did you mean 'unemployment-claims'?",
                "extra/off.yaml:3: there is no entry 'lions'. Delete it, or add the entry.",
                "extra/off.yaml:5: there is no theme 'concept'. Did you mean 'concepts'?",
            ],
            id="nothing of that name to switch off",
        ),
        pytest.param(
            "off.yaml",
            "entries: peo\n",
            ["extra/off.yaml:1: 'entries' of this file is not a list. Write it as a list."],
            id="no list",
        ),
        pytest.param(
            "off.yaml",
            "",
            ["extra/off.yaml:1: the file is empty. Restore it, or delete it if it is not needed."],
            id="an empty file",
        ),
        pytest.param(
            "phrasings.yaml",
            "phrasings:\n  pe:\n    - the full-service kind\n",
            ["extra/phrasings.yaml:2: there is no entry 'pe'. Did you mean 'peo'?"],
            id="phrasings of no entry",
        ),
        pytest.param(
            "phrasings.yaml",
            "phrasings:\n  peo:\n    - what does ASO stand for\n",
            [
                "extra/phrasings.yaml:3: the phrasing 'what does ASO stand for' of 'peo' stands in "
                "knowledge/concepts.yaml:20 already, under 'aso'. Delete one of the two."
            ],
            id="a phrasing that the lower folder has",
        ),
        pytest.param(
            "glossary.yaml",
            "terms:\n  - term: ZEB\n    stands_for: zebra\n    meaning: Has stripes.\n    see: zebra\n",
            ["extra/glossary.yaml:5: there is no entry 'zebra'. Delete it, or add the entry."],
            id="a term that leads nowhere",
        ),
        pytest.param(
            "provider.yaml",
            "name: Us\ntitle: Our page\nremarks:\n  asso: Only ours.\n",
            ["extra/provider.yaml:4: there is no entry 'asso'. Did you mean 'aso'?"],
            id="a remark on no entry",
        ),
        pytest.param(
            "vocabulary.yaml",
            "groups:\n  ours:\n    words:\n      - PEOs\n",
            [
                "extra/vocabulary.yaml:4: 'PEOs' belongs to group 'ours' and, in knowledge/vocabulary.yaml:4, to "
                "group 'peo'. Keep it where it means one thing."
            ],
            id="a word of another group",
        ),
        pytest.param(
            "ours.yaml",
            OWN_CLAIMS.replace("    peo: We do.\n", ""),
            [
                "extra/ours.yaml:3: entry 'unemployment-claims' has no 'peo'. "
                "Add a 'peo:' line; an entry needs an 'aso' and a 'peo' side, or a 'text'."
            ],
            id="a side is missing",
        ),
        pytest.param(
            "ours.yaml",
            OWN_CLAIMS.replace("related: [aso]", "related: [asso]"),
            ["extra/ours.yaml:10: related entry 'asso' does not exist. Did you mean 'aso'?"],
            id="related to nothing",
        ),
        pytest.param(
            "ours.yaml",
            OWN_CLAIMS + ZEBRAS.split("entries:\n")[1].replace("id: zebras", "id: unemployment-claims"),
            [
                "extra/ours.yaml:13: the id 'unemployment-claims' is taken by extra/ours.yaml:3. "
                "Give this entry another id."
            ],
            id="one id twice in the upper folder",
        ),
    ],
)
def test_a_fault_names_the_file_that_the_owner_can_mend(
    overlay: Overlay, name: str, content: str, faults: list[str]
) -> None:
    overlay.extra.write(name, content)
    assert overlay.faults() == faults


def test_faults_of_both_folders_come_in_one_run(overlay: Overlay) -> None:
    overlay.extra.write("off.yaml", "entries: [lions]\n")
    overlay.small.replace("glossary.yaml", "see: peo", "see: pe")
    assert [fault.split(":")[0] for fault in overlay.faults()] == ["extra/off.yaml", "knowledge/glossary.yaml"]


@pytest.mark.parametrize(("name", "reason"), [("nowhere", "No such file or directory"), ("a-file", "Not a directory")])
def test_a_second_folder_that_is_none_gives_one_line(small: Folder, name: str, reason: str) -> None:
    path = small.path.parent / name
    (small.path.parent / "a-file").touch()
    assert Overlay(small, Folder(path)).faults() == [
        f"{path}:1: the folder cannot be read ({reason}). "
        "Point KNOWLEDGE_DIR and KNOWLEDGE_EXTRA_DIR at knowledge folders."
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_second_folder_that_may_not_be_read_gives_one_line(overlay: Overlay) -> None:
    overlay.extra.path.chmod(0)
    assert overlay.faults() == [
        f"{overlay.extra.path}:1: the folder cannot be read (Permission denied). "
        "Point KNOWLEDGE_DIR and KNOWLEDGE_EXTRA_DIR at knowledge folders."
    ]


def test_the_second_folder_needs_none_of_the_files_of_the_first(overlay: Overlay) -> None:
    overlay.extra.write("zebras.yaml", ZEBRAS)
    assert [path.name for path in Path(overlay.extra.path).iterdir()] == ["zebras.yaml"]
    assert overlay.faults() == []
