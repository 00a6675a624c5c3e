"""Answer -> Block Kit and the plain text that says the same. Pure.

Every text of the knowledge base and of a person is escaped here, so that nothing in it can mention or ping.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.answering import Answer
from bot.knowledge import Concept, Entry, KnowledgeBase, Model, Row, Source, Term
from bot.slack.layout import (
    BLOCKS_LIMIT,
    CONTEXT_LIMIT,
    FIELD_LIMIT,
    LINK_LIMIT,
    TABLE_LIMIT,
    TABLE_ROWS,
    TEXT_LIMIT,
    Block,
    button,
    context,
    day,
    escape,
    header,
    listed,
    section,
    shortened,
    split,
)

MAX_RELATED = 2
MOST_NEAREST = 3
MAX_SOURCES_SHOWN = 2

# Button names. The number keeps them apart inside one block; the entry id travels as the value.
SHOW_TOPIC = "show_topic"
CHOOSE_TOPIC = "choose_topic"
SHOW_MORE = "show_more"
SHOW_OVERVIEW = "show_overview"

EXAMPLE_QUESTION = "who handles unemployment claims?"
HOW_TO_ASK = (
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
    themes = [f"{theme.title}: {listed(entry.title for entry in theme.entries)}" for theme in knowledge.themes]
    blocks = [
        header("PEO versus ASO: what I can answer"),
        section(escape(HOW_TO_ASK)),
        *([comparison_table(knowledge)] if knowledge.rows else []),
        *(context(f"*{escape(theme.title)}:* {escape(listed(e.title for e in theme.entries))}")
          for theme in knowledge.themes[1:]),
        provider_context(knowledge),
    ]  # fmt: skip
    text = "\n".join([HOW_TO_ASK, _comparison_text(knowledge), *themes[1:]])
    return Reply(shortened(escape(text), TEXT_LIMIT), blocks[:BLOCKS_LIMIT])


def comparison_table(knowledge: KnowledgeBase) -> Block:
    """The rows of the comparison as a Slack table. Slack takes one table a message; texts too long for it are cut."""
    rows = [("Topic", "ASO", "PEO"), *((row.title, row.aso, row.peo) for row in knowledge.rows[: TABLE_ROWS - 1])]
    if sum(len(cell) for row in rows for cell in row) > TABLE_LIMIT:
        share = TABLE_LIMIT // (3 * len(rows))
        rows = [(shortened(topic, share), shortened(aso, share), shortened(peo, share)) for topic, aso, peo in rows]
    return {
        "type": "table",
        "column_settings": [{"is_wrapped": True}] * 3,
        "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in rows],
    }


def more_reply(entry: Entry, knowledge: KnowledgeBase) -> Reply:
    """The details behind an entry's "More" button: what did not fit, and every source."""
    sources = "\n".join(source_lines(entry, knowledge))
    plain_sources = "\n".join(f"- {_source_text(source, knowledge)}" for source in entry.sources)
    details = [escape(entry.more)] if entry.more else []
    blocks = [
        header(f"More on: {entry.title}"),
        *(section(text) for text in details),
        *(context(part) for part in split(f"*Sources*\n{sources}", CONTEXT_LIMIT)),
    ]
    text = "\n".join([escape(f"More on: {entry.title}"), *details, "Sources:", escape(plain_sources)])
    return Reply(shortened(text, TEXT_LIMIT), blocks[:BLOCKS_LIMIT])


def error_text() -> str:
    """What a person reads when the bot failed: no detail, and a next step."""
    return "Something went wrong on my side and I could not answer. Please ask again in a minute."


def not_installed_text() -> str:
    """What a person reads whose workspace the bot does not know, or knows no more."""
    return "I am not installed in this workspace any more. Whoever looks after its apps can install me again."


def trial_text() -> str:
    """What a person reads for a moment whom the doctor writes to."""
    return "peo-aso doctor tries whether I can write to you. I can, and delete this at once."


def thanks_text() -> str:
    """What a person reads who has voted. It says who sees that."""
    return "Thank you, that is counted. Nobody in Slack sees how you voted, and you may change it at any time."


def not_kept_text() -> str:
    """What a person reads whose words could not be kept."""
    return "I could not keep that just now. Please send it again in a minute."


def not_counted_text() -> str:
    """What a person reads who votes on a reply, or says what they expected, after its record was erased."""
    return "I have no record of that reply any more, so I cannot count this. Please ask the question again."


def in_private_reply(reply: Reply) -> Reply:
    """A reply that cannot stand where the question does."""
    return introduced("I could not post this where you asked, so that only you see it.", reply)


def introduced(line: str, reply: Reply) -> Reply:
    """A reply with a line before it, which is mrkdwn."""
    text = shortened(f"{line}\n{reply.text}", TEXT_LIMIT)
    return Reply(text, [context(line), *reply.blocks][:BLOCKS_LIMIT] if reply.blocks else [])


def home_not_shown_text() -> str:
    """What a person reads who looks at a Home tab that Slack does not show."""
    return "I could not show you my Home tab. Ask me here, or type /peo-vs-aso to see all that I can answer."


def replied_text() -> str:
    """What a person reads who asks for a reply to a message that has one."""
    return "I have replied to that message already: look in its thread, or where it was asked."


def own_message_text() -> str:
    """What a person reads who asks for a reply to a message of the bot."""
    return "That message is mine. Choose this in the menu of a question, and I will answer it."


def gone_text() -> str:
    """What a person reads who presses a button whose topic has been removed since."""
    return "That topic is no longer in the knowledge base. Ask me in your own words and I will look again."


def _term_reply(term: Term, entry: Entry) -> Reply:
    """One line for an acronym, and the entry to read on as a button."""
    names = " / ".join((term.term, *term.also))
    meaning = f"stands for {term.stands_for}: {term.meaning}"
    read_on = button(f"{SHOW_TOPIC}:0", entry.title, entry.id, spoken=f"Read on: {entry.title}")
    blocks = [section(f"*{escape(names)}* {escape(meaning)}"), {"type": "actions", "elements": [read_on]}]
    return Reply(escape(f"{names} {meaning} Read on: {entry.title}."), blocks)


def _entry_reply(entry: Entry, focus: Model | None, knowledge: KnowledgeBase, today: date) -> Reply:
    remark = knowledge.provider.remarks.get(entry.id)
    notes = [f"Note: {entry.note}"] if entry.note else []
    notes += [f"At {knowledge.provider.name}: {remark}"] if remark else []
    body, body_text = sides(entry, focus) if isinstance(entry, Row) else _text_of(entry, knowledge)
    provenance, provenance_text = _provenance(entry, knowledge, today)
    blocks = [
        header(entry.title),
        *body,
        *(context(escape(note)) for note in notes),
        context(provenance),
        *_buttons(entry, knowledge),
    ]
    return Reply(
        "\n".join([escape(entry.title), *body_text, *(escape(note) for note in notes), provenance_text]), blocks
    )


def sides(row: Row, focus: Model | None) -> tuple[list[Block], list[str]]:
    """Both sides as two columns, the model that was asked about first and marked in words, not by looks alone."""
    order: Sequence[Model] = ("peo", "aso") if focus == "peo" else ("aso", "peo")
    labels = {model: f"{_MODEL_NAMES[model]}{' (you asked about this)' if model == focus else ''}" for model in order}
    texts: dict[Model, str] = {"aso": escape(row.aso), "peo": escape(row.peo)}
    marked = [f"*{labels[model]}*\n{texts[model]}" for model in order]
    fields = [{"type": "mrkdwn", "text": shortened(field, FIELD_LIMIT)} for field in marked]
    return [{"type": "section", "fields": fields}], [f"{labels[model]}: {texts[model]}" for model in order]


def _text_of(concept: Concept, knowledge: KnowledgeBase) -> tuple[list[Block], list[str]]:
    text = escape(concept.text)
    if concept.id != "difference":
        return [section(text)], [text]
    return [section(text), comparison_table(knowledge)], [text, escape(_comparison_text(knowledge))]


def _provenance(entry: Entry, knowledge: KnowledgeBase, today: date) -> tuple[str, str]:
    """The small print, as mrkdwn and as plain text: where the entry comes from and when it was reviewed."""
    shown = entry.sources[:MAX_SOURCES_SHOWN]
    hidden = len(entry.sources) - len(shown)
    rest = [f"{hidden} more under More"] if hidden else []
    end = closing_text(entry, today)
    marked = "; ".join([*(_source_line(source, knowledge) for source in shown), *rest])
    plain = "; ".join([*(escape(_source_text(source, knowledge)) for source in shown), *rest])
    marked = shortened(marked, CONTEXT_LIMIT - len("Source: . ") - len(end))
    return f"Source: {marked}. {end}", f"Source: {plain}. {end}"


def review_text(entry: Entry, today: date) -> str:
    """When an entry was reviewed, and whether that is too long ago."""
    reviewed = f"Reviewed {day(entry.reviewed)}."
    if entry.review_by is None or today <= entry.review_by:
        return reviewed
    return f"{reviewed} Due for review since {day(entry.review_by)}: check it before you rely on it."


def closing_text(entry: Entry, today: date) -> str:
    """What ends the small print: the review, and that it is no advice."""
    reviewed = review_text(entry, today)
    return reviewed if "provider" in entry.sources else f"{reviewed} {_DISCLAIMER}"


def source_lines(entry: Entry, knowledge: KnowledgeBase) -> list[str]:
    """Every source of an entry as mrkdwn, one a line."""
    return [f"• {_source_line(source, knowledge)}" for source in entry.sources]


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
    buttons = [button(f"{SHOW_TOPIC}:{number}", other.title, other.id) for number, other in enumerate(related)]
    if entry.more or len(entry.sources) > MAX_SOURCES_SHOWN:
        buttons.append(button(SHOW_MORE, "More", entry.id, spoken=f"More on {entry.title}"))
    return [{"type": "actions", "elements": buttons}] if buttons else []


def _choices_reply(entries: Sequence[Entry]) -> Reply:
    intro = "I am not sure which of these you mean. Pick one:"
    choices = [
        {
            **section(escape(entry.question)),
            "accessory": button(f"{CHOOSE_TOPIC}:{number}", entry.title, entry.id),
        }
        for number, entry in enumerate(entries)
    ]
    text = "\n".join([intro, *(f"- {entry.title}: {entry.question}" for entry in entries)])
    return Reply(escape(text), [section(intro), *choices])


def _nothing_reply(answer: Answer, knowledge: KnowledgeBase) -> Reply:
    """Nothing was asked, or nothing that the knowledge base answers."""
    if answer.reason == "thanks":
        return Reply("You're welcome!", [section("You're welcome!")])
    ask = f"Ask me about PEO versus ASO, for example: {EXAMPLE_QUESTION}"
    if answer.reason == "greeting":
        return _with_overview_button(f"Hello! {ask}")
    if answer.reason == "empty":
        return _with_overview_button(f"I see no question in that. {ask}")
    covered = listed(row.title for row in knowledge.rows)
    return _with_overview_button(
        "That is not something I know. I answer from a reviewed comparison of PEO and ASO and nothing else. "
        f"It covers: {covered}; and what the models are, what each costs, contracts, taxes, benefits, law and more.",
        _nearest(answer, knowledge),
    )


def _nearest(answer: Answer, knowledge: KnowledgeBase) -> list[Entry]:
    """The entries that came nearest, best first, and after them rows of the comparison."""
    found = [candidate.entry_id for candidate in answer.match.candidates] if answer.match else []
    ids = dict.fromkeys([*found, *(row.id for row in knowledge.rows)])
    return [knowledge.entries[one] for one in ids if one in knowledge.entries][:MOST_NEAREST]


def _with_overview_button(text: str, nearest: Sequence[Entry] = ()) -> Reply:
    """A text, and what is covered as buttons."""
    topics = [button(f"{SHOW_TOPIC}:{number}", entry.title, entry.id) for number, entry in enumerate(nearest)]
    text += f" Perhaps you mean: {listed(entry.title for entry in nearest)}?" if nearest else ""
    opens = button(SHOW_OVERVIEW, "What I can answer", "overview")
    text = shortened(escape(text), TEXT_LIMIT)
    return Reply(text, [section(text), {"type": "actions", "elements": [*topics, opens]}])


def _joined(replies: Sequence[Reply]) -> Reply:
    """Several entries in one message; Slack takes one table a message and unique ids in it."""
    blocks: list[Block] = []
    for number, reply in enumerate(replies):
        blocks += [{"type": "divider"}] if number else []
        blocks += [block for block in reply.blocks if block["type"] != "table" or len(replies) == 1]
    return Reply(shortened("\n\n".join(reply.text for reply in replies), TEXT_LIMIT), blocks)


def _comparison_text(knowledge: KnowledgeBase) -> str:
    return "\n".join(f"{row.title}. ASO: {row.aso} PEO: {row.peo}" for row in knowledge.rows)


def provider_context(knowledge: KnowledgeBase) -> Block:
    """Whose comparison it is."""
    return context(f"Source of the table: {_source_line('provider', knowledge)}.")
