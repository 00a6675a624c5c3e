"""The knowledge that comes with the bot: sound, complete, and every fact on its own side."""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator

from bot.knowledge import Concept, KnowledgeBase, Row, load_knowledge
from bot.knowledge.schema import schema_texts
from bot.knowledge.source import read_document
from tests.knowledge.support import SHIPPED
from tests.shared import CONCEPTS, ROWS

FILES = sorted(path.name for path in SHIPPED.glob("*.yaml"))

# The comparison as its page has it: what each side must say, and what only the other side may say.
# (entry, side, words that must be there, words that must not)
FACTS = [
    ("workers-compensation", "aso", ["client's own", "policy"], ["master", "coordinated", "states"]),
    (
        "workers-compensation",
        "peo",
        ["master policy", "coordinated master policies", "some states", "worksite employer", "client level"],
        ["client's own"],
    ),
    ("risk-and-safety", "aso", ["no claims management"], ["administers", "safety"]),
    ("risk-and-safety", "peo", ["administers", "claims management", "safety programs", "compliance"], ["no claims"]),
    (
        "employer-of-record",
        "aso",
        ["client is the employer of record"],
        ["peo", "federal", "states", "client level", "power of attorney"],
    ),
    (
        "employer-of-record",
        "peo",
        ["peo is the employer of record", "federal", "most states", "certain states require", "client level",
         "power of attorney to pay"],
        ["all states", "every state"],
    ),
    (
        "human-resources",
        "aso",
        ["aso supports", "worksite employer", "responsible", "proper hr policies", "laws and regulations"],
        ["peo"],
    ),
    (
        "human-resources",
        "peo",
        ["peo supports", "worksite employer", "responsible", "proper hr policies", "laws and regulations"],
        ["aso"],
    ),
    ("regulatory-compliance", "aso", ["aso manages responsibilities", "regulatory compliance"], ["peo"]),
    ("regulatory-compliance", "peo", ["peo manages responsibilities", "regulatory compliance"], ["aso"]),
    ("employee-benefits", "aso", ["client obtains", "through the aso"], ["master", "peo"]),
    (
        "employee-benefits",
        "peo",
        ["can be offered", "master policies", "client may choose", "own policy", "peo may also administer the plans"],
        ["aso"],
    ),
    ("payroll-tax-liability", "aso", ["the employer", "is liable"], ["peo", "federal", "state rules"]),
    ("payroll-tax-liability", "peo", ["peo is liable for federal taxes", "state rules vary"], ["aso", "employer"]),
    ("suta-rate", "aso", ["client's suta rate is used"], ["peo", "states"]),
    ("suta-rate", "peo", ["peo's suta rate is used", "some states require", "worksite employer"], ["client's suta"]),
    ("unemployment-claims", "aso", ["client or the aso manages"], ["peo"]),
    ("unemployment-claims", "peo", ["peo manages"], ["aso", "client"]),
]  # fmt: skip

CONCEPT_FACTS = [
    (
        "peo",
        ["professional employer organization", "administrative functions of an hr department", "compliance",
         "co-employment", "risks and responsibilities"],
    ),
    (
        "aso",
        ["administrative services organization", "process payroll", "administer benefits", "regulatory compliance",
         "no co-employment"],
    ),
    ("co-employment", ["between a peo and an employer", "share", "umbrella of safety", "small", "liability"]),
    ("difference", ["co-employment", "an aso does not"]),
    ("similarities", ["outsource", "administrative support", "regulatory protections", "compliance"]),
    ("choosing", ["depends on many variables", "administrative support and regulatory protections"]),
]  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> KnowledgeBase:
    """Raises, and so fails every test here, where the shipped knowledge has a fault."""
    return load_knowledge(SHIPPED)


def test_no_fault_in_it_not_even_between_phrasings() -> None:
    assert load_knowledge(SHIPPED, thorough=True).entries


def test_the_rows_come_first_in_the_order_of_the_table_and_then_the_concepts(shipped: KnowledgeBase) -> None:
    assert tuple(row.id for row in shipped.rows) == ROWS
    assert tuple(shipped.entries)[: len(ROWS) + len(CONCEPTS)] == ROWS + CONCEPTS


@pytest.mark.parametrize("entry_id", ROWS)
def test_a_row_has_two_sides(shipped: KnowledgeBase, entry_id: str) -> None:
    assert isinstance(shipped.entries[entry_id], Row)


@pytest.mark.parametrize("entry_id", CONCEPTS)
def test_a_concept_has_one_text(shipped: KnowledgeBase, entry_id: str) -> None:
    assert isinstance(shipped.entries[entry_id], Concept)


@pytest.mark.parametrize(
    ("entry_id", "side", "said", "not_said"), FACTS, ids=[f"{entry_id}, {side}" for entry_id, side, _, _ in FACTS]
)
def test_every_fact_stands_on_its_own_side(
    shipped: KnowledgeBase, entry_id: str, side: str, said: list[str], not_said: list[str]
) -> None:
    text = vars(shipped.entries[entry_id])[side].lower()
    assert [words for words in said if words not in text] == []
    assert [words for words in not_said if words in text] == []


def test_the_table_of_facts_covers_both_sides_of_every_row() -> None:
    assert [(entry_id, side) for entry_id, side, _, _ in FACTS] == [
        (entry_id, side) for entry_id in ROWS for side in ("aso", "peo")
    ]


@pytest.mark.parametrize(("entry_id", "said"), CONCEPT_FACTS, ids=[entry_id for entry_id, _ in CONCEPT_FACTS])
def test_every_concept_says_what_its_page_says(shipped: KnowledgeBase, entry_id: str, said: list[str]) -> None:
    text = vars(shipped.entries[entry_id])["text"].lower()
    assert [words for words in said if words not in text] == []


def test_every_entry_of_the_page_names_the_page_as_its_source(shipped: KnowledgeBase) -> None:
    assert [entry_id for entry_id in ROWS + CONCEPTS if "provider" not in shipped.entries[entry_id].sources] == []


# --- The provider


def test_what_is_true_of_the_provider_only_is_a_remark_of_the_provider(shipped: KnowledgeBase) -> None:
    safety, choosing = shipped.provider.remarks["risk-and-safety"].lower(), shipped.provider.remarks["choosing"].lower()
    assert "safety" in safety
    assert "all of its aso clients" in safety
    assert "dispute resolution" in choosing
    assert "proposal" in choosing


@pytest.mark.parametrize("name", [name for name in FILES if name != "provider.yaml"])
def test_no_other_file_names_the_provider_or_repeats_its_remarks(shipped: KnowledgeBase, name: str) -> None:
    text = " ".join((SHIPPED / name).read_text(encoding="utf-8").lower().split())
    host = re.sub(r"^www\.", "", (shipped.provider.link.host or "") if shipped.provider.link else "")
    only_there = [shipped.provider.name.lower(), host, "dispute resolution program", "all of its aso clients"]
    assert host
    assert [words for words in only_there if words in text] == []


# --- Schemas for editors


def test_the_committed_schemas_are_those_of_the_types() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in (SHIPPED / "schema").iterdir()}
    assert committed == schema_texts(), "run: python -m bot schema"


@pytest.mark.parametrize("name", FILES)
def test_every_file_says_in_its_first_line_which_schema_it_follows_and_follows_it(name: str) -> None:
    first_line = (SHIPPED / name).read_text(encoding="utf-8").splitlines()[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=schema/(\S+)", first_line)
    assert named is not None
    schema = json.loads((SHIPPED / "schema" / named[1]).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    faults = Draft202012Validator(schema).iter_errors(read_document(SHIPPED / name, name).value)
    assert [f"{fault.json_path}: {fault.message}" for fault in faults] == []


@pytest.mark.parametrize(
    ("entry", "is_valid"),
    [
        pytest.param({"aso": "a", "peo": "b"}, True, id="two sides"),
        pytest.param({"text": "a"}, True, id="one text"),
        pytest.param({"aso": "a"}, False, id="one side"),
        pytest.param({"aso": "a", "peo": "b", "text": "c"}, False, id="sides and text"),
        pytest.param({"text": ""}, False, id="empty text"),
        pytest.param({"text": "a", "short": "b" * 30}, True, id="short title"),
        pytest.param({"text": "a", "short": "b" * 31}, False, id="short title too long for a button"),
        pytest.param({"text": "a", "colour": "b"}, False, id="unknown key"),
        pytest.param({"text": "a", "id": "Not An Id"}, False, id="bad id"),
    ],
)
def test_an_editor_refuses_what_the_check_refuses(entry: dict[str, str], is_valid: bool) -> None:
    schema = json.loads(schema_texts()["entries.schema.json"])
    whole = {
        "id": "zebras",
        "title": "Zebras",
        "question": "Zebras?",
        "sources": ["provider"],
        "reviewed": "2026-11-23",
        "phrasings": ["zebra"],
        **entry,
    }
    assert Draft202012Validator(schema).is_valid({"theme": "Zebras", "entries": [whole]}) is is_valid
