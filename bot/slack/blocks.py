"""Answer -> Block Kit and the plain text that says the same. Pure.

Every text of the knowledge base and of a person is escaped here, so that nothing in it can mention or ping.
Limits: https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from bot.answering import Answer
from bot.knowledge import Concept, Entry, KnowledgeBase, Model, Row, Source, Term

Block: TypeAlias = dict[str, Any]

# Characters.
HEADER_LIMIT = 150
BUTTON_LIMIT = 75
FIELD_LIMIT = 2_000
SECTION_LIMIT = 3_000
CONTEXT_LIMIT = 3_000
# Over all cells of a table.
TABLE_LIMIT = 10_000
TABLE_ROWS = 100
# A Home tab takes 100 blocks and 250 KB; five blocks stand around these.
HOME_ROWS = 40
HOME_THEMES = 36
# Ours: a link longer than this, with its label, is left out, so that two of them fit beside the rest.
LINK_LIMIT = 1_200
# Blocks in a message.
BLOCKS_LIMIT = 50
# Slack cuts `text` beyond 40,000 and asks to stay below 4,000; answers of two long rows may pass the latter.
TEXT_LIMIT = 40_000

MAX_RELATED = 2
MAX_SOURCES_SHOWN = 2

# Button names. The number keeps them apart inside one block; the entry id travels as the value.
SHOW_TOPIC = "show_topic"
CHOOSE_TOPIC = "choose_topic"
SHOW_MORE = "show_more"
SHOW_OVERVIEW = "show_overview"

EXAMPLE_QUESTION = "who handles unemployment claims?"
_HOW_TO_ASK = (
    "I answer questions about two ways to outsource HR, PEO and ASO, from a reviewed comparison. "
    "Mention me in a channel, write to me directly, or type /peo-vs-aso with your question, "
    f"for example: {EXAMPLE_QUESTION}"
)
_MODEL_NAMES: dict[Model, str] = {"aso": "ASO", "peo": "PEO"}
_DISCLAIMER = "General information, not legal or tax advice."


@dataclass(frozen=True)
class Reply:
    """A message: ``text`` alone says everything, for notifications and screen readers; ``blocks`` lay it out."""

    text: str
    blocks: list[Block]


def answer_reply(answer: Answer, knowledge: KnowledgeBase, today: date) -> Reply:
    """Render any answer that is not silent.

    Args:
        answer: Of kind ``answer``, ``choices`` or ``none``.
        knowledge: For the provider's name, related entries and what is covered.
        today: Decides whether an entry is past its date of review.
    """
    if answer.term is not None:
        return _term_reply(answer.term, answer.entries[0])
    if answer.kind == "answer":
        return _joined([_entry_reply(entry, answer.focus, knowledge, today) for entry in answer.entries])
    if answer.kind == "choices":
        return _choices_reply(answer.entries)
    if answer.reason == "help":
        return overview_reply(knowledge)
    return _nothing_reply(answer, knowledge)


def overview_reply(knowledge: KnowledgeBase) -> Reply:
    """What the bot covers, how to ask, and the whole comparison as one table."""
    themes = [f"{theme.title}: {_listed(entry.title for entry in theme.entries)}" for theme in knowledge.themes]
    blocks = [
        _header("PEO versus ASO: what I can answer"),
        _section(escape(_HOW_TO_ASK)),
        *([comparison_table(knowledge)] if knowledge.rows else []),
        *(_context(f"*{escape(theme.title)}:* {escape(_listed(e.title for e in theme.entries))}")
          for theme in knowledge.themes[1:]),
        _provider_context(knowledge),
    ]  # fmt: skip
    text = "\n".join([_HOW_TO_ASK, _comparison_text(knowledge), *themes[1:]])
    return Reply(_shortened(escape(text), TEXT_LIMIT), blocks[:BLOCKS_LIMIT])


def home_view(knowledge: KnowledgeBase) -> Block:
    """The Home tab: how to ask, and the whole comparison. Slack takes no table there, so that each row is a section."""
    rows = [{**_section(f"*{escape(row.title)}*"), **_sides(row, None)[0][0]} for row in knowledge.rows[:HOME_ROWS]]
    themes = [
        _context(f"*{escape(theme.title)}:* {escape(_listed(entry.title for entry in theme.entries))}")
        for theme in knowledge.themes[1:HOME_THEMES]
    ]
    blocks = [
        _header("PEO versus ASO"),
        _section(escape(_HOW_TO_ASK)),
        {"type": "divider"},
        *rows,
        {"type": "divider"},
        *themes,
        _provider_context(knowledge),
    ]
    return {"type": "home", "blocks": blocks}


def comparison_table(knowledge: KnowledgeBase) -> Block:
    """The rows of the comparison as a Slack table. Slack takes one table a message; texts too long for it are cut."""
    rows = [("Topic", "ASO", "PEO"), *((row.title, row.aso, row.peo) for row in knowledge.rows[: TABLE_ROWS - 1])]
    if sum(len(cell) for row in rows for cell in row) > TABLE_LIMIT:
        share = TABLE_LIMIT // (3 * len(rows))
        rows = [(_shortened(topic, share), _shortened(aso, share), _shortened(peo, share)) for topic, aso, peo in rows]
    return {
        "type": "table",
        "column_settings": [{"is_wrapped": True}] * 3,
        "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in rows],
    }


def more_reply(entry: Entry, knowledge: KnowledgeBase) -> Reply:
    """The details behind an entry's "More" button: what did not fit, and every source."""
    sources = "\n".join(f"• {_source_line(source, knowledge)}" for source in entry.sources)
    plain_sources = "\n".join(f"- {_source_text(source, knowledge)}" for source in entry.sources)
    details = [escape(entry.more)] if entry.more else []
    blocks = [
        _header(f"More on: {entry.title}"),
        *(_section(text) for text in details),
        *(_context(part) for part in _split(f"*Sources*\n{sources}", CONTEXT_LIMIT)),
    ]
    text = "\n".join([escape(f"More on: {entry.title}"), *details, "Sources:", escape(plain_sources)])
    return Reply(_shortened(text, TEXT_LIMIT), blocks[:BLOCKS_LIMIT])


def error_text() -> str:
    """What a person reads when the bot failed: no detail, and a next step."""
    return "Something went wrong on my side and I could not answer. Please ask again in a minute."


def not_installed_text() -> str:
    """What a person reads whose workspace the bot does not know, or knows no more."""
    return "I am not installed in this workspace any more. Whoever looks after its apps can install me again."


def trial_text() -> str:
    """What a person reads for a moment whom the doctor writes to."""
    return "peo-aso doctor tries whether I can write to you. I can, and delete this at once."


def gone_text() -> str:
    """What a person reads who presses a button whose topic has been removed since."""
    return "That topic is no longer in the knowledge base. Ask me in your own words and I will look again."


def escape(text: str) -> str:
    """Escape a text for mrkdwn: https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _term_reply(term: Term, entry: Entry) -> Reply:
    """One line for an acronym, and the entry to read on as a button."""
    names = " / ".join((term.term, *term.also))
    meaning = f"stands for {term.stands_for}: {term.meaning}"
    button = _button(f"{SHOW_TOPIC}:0", entry.title, entry.id, spoken=f"Read on: {entry.title}")
    blocks = [_section(f"*{escape(names)}* {escape(meaning)}"), {"type": "actions", "elements": [button]}]
    return Reply(escape(f"{names} {meaning} Read on: {entry.title}."), blocks)


def _entry_reply(entry: Entry, focus: Model | None, knowledge: KnowledgeBase, today: date) -> Reply:
    remark = knowledge.provider.remarks.get(entry.id)
    notes = [f"Note: {entry.note}"] if entry.note else []
    notes += [f"At {knowledge.provider.name}: {remark}"] if remark else []
    body, body_text = _sides(entry, focus) if isinstance(entry, Row) else _text_of(entry, knowledge)
    provenance, provenance_text = _provenance(entry, knowledge, today)
    blocks = [
        _header(entry.title),
        *body,
        *(_context(escape(note)) for note in notes),
        _context(provenance),
        *_buttons(entry, knowledge),
    ]
    return Reply(
        "\n".join([escape(entry.title), *body_text, *(escape(note) for note in notes), provenance_text]), blocks
    )


def _sides(row: Row, focus: Model | None) -> tuple[list[Block], list[str]]:
    """Both sides as two columns, the model that was asked about first and marked in words, not by looks alone."""
    order: Sequence[Model] = ("peo", "aso") if focus == "peo" else ("aso", "peo")
    labels = {model: f"{_MODEL_NAMES[model]}{' (you asked about this)' if model == focus else ''}" for model in order}
    texts: dict[Model, str] = {"aso": escape(row.aso), "peo": escape(row.peo)}
    marked = [f"*{labels[model]}*\n{texts[model]}" for model in order]
    fields = [{"type": "mrkdwn", "text": _shortened(field, FIELD_LIMIT)} for field in marked]
    return [{"type": "section", "fields": fields}], [f"{labels[model]}: {texts[model]}" for model in order]


def _text_of(concept: Concept, knowledge: KnowledgeBase) -> tuple[list[Block], list[str]]:
    text = escape(concept.text)
    if concept.id != "difference":
        return [_section(text)], [text]
    return [_section(text), comparison_table(knowledge)], [text, escape(_comparison_text(knowledge))]


def _provenance(entry: Entry, knowledge: KnowledgeBase, today: date) -> tuple[str, str]:
    """The small print, as mrkdwn and as plain text: where the entry comes from and when it was reviewed."""
    shown = entry.sources[:MAX_SOURCES_SHOWN]
    hidden = len(entry.sources) - len(shown)
    rest = [f"{hidden} more under More"] if hidden else []
    sentences = [f"Reviewed {_day(entry.reviewed)}."]
    if entry.review_by is not None and today > entry.review_by:
        sentences.append(f"Due for review since {_day(entry.review_by)}: check it before you rely on it.")
    if "provider" not in entry.sources:
        sentences.append(_DISCLAIMER)
    end = " ".join(sentences)
    marked = "; ".join([*(_source_line(source, knowledge) for source in shown), *rest])
    plain = "; ".join([*(escape(_source_text(source, knowledge)) for source in shown), *rest])
    marked = _shortened(marked, CONTEXT_LIMIT - len("Source: . ") - len(end))
    return f"Source: {marked}. {end}", f"Source: {plain}. {end}"


def _source_line(source: Source | str, knowledge: KnowledgeBase) -> str:
    link = knowledge.provider.link if isinstance(source, str) else source.link
    text = escape(_source_text(source, knowledge))
    # Inside a link's label a pipe would end the address early.
    marked = f"<{link}|{text.replace('|', '/')}>" if link else text
    return marked if len(marked) <= LINK_LIMIT else text


def _source_text(source: Source | str, knowledge: KnowledgeBase) -> str:
    if isinstance(source, str):
        return f"{knowledge.provider.title} ({knowledge.provider.name}, the provider's own comparison)"
    dated = f", {source.date}" if source.date else ""
    return f"{source.title} ({source.publisher}{dated})"


def _buttons(entry: Entry, knowledge: KnowledgeBase) -> list[Block]:
    related = [knowledge.entries[entry_id] for entry_id in entry.related[:MAX_RELATED]]
    buttons = [_button(f"{SHOW_TOPIC}:{number}", other.title, other.id) for number, other in enumerate(related)]
    if entry.more or len(entry.sources) > MAX_SOURCES_SHOWN:
        buttons.append(_button(SHOW_MORE, "More", entry.id, spoken=f"More on {entry.title}"))
    return [{"type": "actions", "elements": buttons}] if buttons else []


def _choices_reply(entries: Sequence[Entry]) -> Reply:
    intro = "I am not sure which of these you mean. Pick one:"
    choices = [
        {
            **_section(escape(entry.question)),
            "accessory": _button(f"{CHOOSE_TOPIC}:{number}", entry.title, entry.id),
        }
        for number, entry in enumerate(entries)
    ]
    text = "\n".join([intro, *(f"- {entry.title}: {entry.question}" for entry in entries)])
    return Reply(escape(text), [_section(intro), *choices])


def _nothing_reply(answer: Answer, knowledge: KnowledgeBase) -> Reply:
    """Nothing was asked, or nothing that the knowledge base answers."""
    if answer.reason == "thanks":
        return Reply("You're welcome!", [_section("You're welcome!")])
    ask = f"Ask me about PEO versus ASO, for example: {EXAMPLE_QUESTION}"
    if answer.reason == "greeting":
        return _with_overview_button(f"Hello! {ask}")
    if answer.reason == "empty":
        return _with_overview_button(f"I see no question in that. {ask}")
    covered = _listed(row.title for row in knowledge.rows)
    return _with_overview_button(
        "That is not something I know. I answer from a reviewed comparison of PEO and ASO and nothing else. "
        f"It covers: {covered}; and what the models are, what each costs, contracts, taxes, benefits, law and more."
    )


def _with_overview_button(text: str) -> Reply:
    button = _button(SHOW_OVERVIEW, "What I can answer", "overview")
    text = _shortened(escape(text), TEXT_LIMIT)
    return Reply(text, [_section(text), {"type": "actions", "elements": [button]}])


def _joined(replies: Sequence[Reply]) -> Reply:
    """Several entries in one message; Slack takes one table a message and unique ids in it."""
    blocks: list[Block] = []
    for number, reply in enumerate(replies):
        blocks += [{"type": "divider"}] if number else []
        blocks += [block for block in reply.blocks if block["type"] != "table" or len(replies) == 1]
    return Reply(_shortened("\n\n".join(reply.text for reply in replies), TEXT_LIMIT), blocks)


def _comparison_text(knowledge: KnowledgeBase) -> str:
    return "\n".join(f"{row.title}. ASO: {row.aso} PEO: {row.peo}" for row in knowledge.rows)


def _provider_context(knowledge: KnowledgeBase) -> Block:
    return _context(f"Source of the table: {_source_line('provider', knowledge)}.")


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text[:HEADER_LIMIT]}}


def _section(mrkdwn: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": _shortened(mrkdwn, SECTION_LIMIT)}}


def _context(mrkdwn: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": _shortened(mrkdwn, CONTEXT_LIMIT)}]}


def _button(action_id: str, label: str, value: str, *, spoken: str | None = None) -> Block:
    button: Block = {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": label[:BUTTON_LIMIT]},
        "value": value,
    }
    return {**button, "accessibility_label": spoken[:BUTTON_LIMIT]} if spoken else button


def _split(text: str, limit: int) -> Iterable[str]:
    """The lines of a text in as few parts of at most ``limit`` characters as they fill."""
    part = ""
    for line in text.splitlines():
        if part and len(part) + 1 + len(line) > limit:
            yield part
            part = ""
        part = f"{part}\n{line}" if part else line
    yield part


def _shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters, with a mark where something is missing and no half of an escape before it."""
    return text if len(text) <= limit else re.sub(r"&[a-z]*$", "", text[: limit - 1]) + "…"


def _listed(titles: Iterable[str]) -> str:
    return "; ".join(titles)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
