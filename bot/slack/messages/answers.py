"""Answer -> Block Kit and the plain text that says the same. Pure.

Every text of the knowledge base and of a person is escaped here, so that nothing in it can mention or ping.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.answering import Answer
from bot.conversation.buttons import CHOOSE_TOPIC, SHOW_MORE, SHOW_OVERVIEW, SHOW_TOPIC, topic_value
from bot.knowledge import Entry, KnowledgeBase, Model, Row, Term
from bot.knowledge.wording import sentences, shown_of_note
from bot.slack.messages.layout import (
    BLOCKS_LIMIT,
    CONTEXT_LIMIT,
    FIELD_LIMIT,
    TABLE_LIMIT,
    TABLE_ROWS,
    TEXT_LIMIT,
    Block,
    Reply,
    button,
    context,
    escape,
    header,
    listed,
    mrkdwn,
    section,
    shortened,
    split,
    table,
)
from bot.slack.messages.small_print import (
    DISCLAIMER,
    is_definition,
    provider_context,
    provider_text,
    shown_sources,
    small_print,
    source_lines,
    source_texts,
)
from bot.slack.messages.small_talk import EXAMPLE_QUESTION, said_to
from bot.slack.messages.states import (
    asks_for_list,
    card_lines,
    count_text,
    lines_at,
    lines_block,
    listed_by_value,
    name_of,
    sections_of,
    states_button,
    table_of,
)

MAX_RELATED = 2

HOW_TO_ASK = (
    "I answer questions about PEO and ASO, two ways to outsource HR, from a reviewed comparison. "
    "Mention me in a channel, send me a direct message, or type /peo-vs-aso and your question, "
    f"for example: {EXAMPLE_QUESTION}"
)
# The text of a message has 4,000 characters; the rest is for a line before the answer, such as who shares it.
_ANSWER_TEXT_LIMIT = 3_000
# Characters of all sources in the text of "More", which leaves half of it to the details.
_MOST_SOURCES = 2_000
# Characters of the names of all themes, in the text of the overview.
_MOST_THEMES = 300
_MODEL_NAMES: dict[Model, str] = {"aso": "ASO", "peo": "PEO"}
# Entries that are about all rows at once.
_WITH_TABLE = ("difference", "similarities")
# How the side that was asked about is marked: for the one who asked, and for everybody else.
_ASKED_BY_YOU, _ASKED = "you asked about this", "asked about"
# Sentences of a side in the reply to a follow-up.
_MOST_SENTENCES = 2
_YES_OR_NO = frozenset(
    ("is", "are", "was", "do", "does", "did", "can", "could", "will", "would", "should", "must", "has")
)


def answer_reply(answer: Answer, knowledge: KnowledgeBase, today: date, *, is_shared: bool = False) -> Reply:
    """Render any answer that is not silent.

    Args:
        answer: Of kind ``answer``, ``choices`` or ``none``.
        knowledge: For the provider's name, related entries and what is covered.
        today: Decides whether an entry is past its date of review.
        is_shared: Others than the one who asked read it.
    """
    if answer.term is not None:
        return _term_reply(answer.term, answer.entries[0])
    if answer.kind == "answer":
        if answer.how == "place":
            return state_reply(answer.places[0], answer.entries, knowledge)
        if _is_follow_up(answer):
            return _follow_up_reply(answer, knowledge, today)
        mark = _ASKED if is_shared else _ASKED_BY_YOU
        most = _ANSWER_TEXT_LIMIT // len(answer.entries)
        return _joined([_entry_reply(entry, answer, mark, most, knowledge, today) for entry in answer.entries])
    if answer.kind == "choices":
        return _choices_reply(answer.entries, answer.places)
    if answer.reason == "help":
        return overview_reply(knowledge)
    return _nothing_reply(answer, knowledge)


def overview_reply(knowledge: KnowledgeBase) -> Reply:
    """What the bot covers, how to ask, and the whole comparison as one table."""
    more = knowledge.themes[1:]
    blocks = [
        header("PEO versus ASO: what I can answer"),
        section(escape(HOW_TO_ASK)),
        *([comparison_table(knowledge)] if knowledge.rows else []),
        *(context(f"*{escape(theme.title)}:* {escape(listed(e.title for e in theme.entries))}") for theme in more),
        provider_context(knowledge),
    ]
    themes = f"More topics: {listed(theme.title for theme in more)}."
    end = [escape(shortened(themes, _MOST_THEMES)), provider_text(knowledge)]
    return Reply(
        _ending_in(escape(f"{HOW_TO_ASK}\n{_comparison_text(knowledge)}"), end, TEXT_LIMIT), blocks[:BLOCKS_LIMIT]
    )


def comparison_table(knowledge: KnowledgeBase) -> Block:
    """The rows of the comparison as a Slack table. Slack takes one table a message; texts too long for it are cut."""
    rows = [("Topic", "ASO", "PEO"), *((row.title, row.aso, row.peo) for row in knowledge.rows[: TABLE_ROWS - 1])]
    if sum(len(cell) for row in rows for cell in row) > TABLE_LIMIT:
        share = TABLE_LIMIT // (3 * len(rows))
        rows = [(shortened(topic, share), shortened(aso, share), shortened(peo, share)) for topic, aso, peo in rows]
    return table(rows)


def more_reply(entry: Entry, knowledge: KnowledgeBase) -> Reply:
    """The details behind an entry's "More" button: what did not fit, and every source that readers can follow."""
    details = [escape(text) for text in (_rest_of_note(entry), entry.more) if text]
    lines = source_lines(entry, knowledge)
    sources = split("\n".join(["*Sources*", *lines]), CONTEXT_LIMIT) if lines else []
    end = [] if is_definition(entry) else [DISCLAIMER]
    blocks = [
        header(f"More on: {entry.title}"),
        *(section(text) for text in details),
        *(context(part) for part in sources),
        *(context(text) for text in end),
    ]
    text = "\n".join([escape(f"More on: {entry.title}"), *details])
    told = ["Sources:", shortened("\n".join(source_texts(entry, knowledge)), _MOST_SOURCES)] if lines else []
    return Reply(_ending_in(text, [*told, *end], TEXT_LIMIT), blocks[:BLOCKS_LIMIT])


def state_reply(code: str, entries: Sequence[Entry], knowledge: KnowledgeBase) -> Reply:
    """What is known of one state, a paragraph for each of these entries."""
    name = name_of(code, knowledge)
    lines = card_lines(code, entries, knowledge)
    blocks = [
        {
            **section(f"*{escape(entry.title)}*\n{line.marked}"),
            "accessory": button(
                f"{SHOW_TOPIC}:{number}", "Open", topic_value(entry.id, [code]), spoken=f"Open: {entry.title}"
            ),
        }
        for number, (entry, line) in enumerate(lines)
    ]
    told = [escape(name), *(f"{escape(entry.title)}: {line.told}" for entry, line in lines)]
    under = f"What holds for a PEO in {name}. {DISCLAIMER}"
    return Reply(
        _ending_in("\n".join(told), [escape(under)], _ANSWER_TEXT_LIMIT),
        [header(name), *blocks, context(escape(under))],
    )


def states_reply(entry: Entry, knowledge: KnowledgeBase, *, is_view: bool = False) -> Reply:
    """Every state of an entry of which something is known state by state.

    Args:
        entry: Whose states.
        knowledge: That has them.
        is_view: It is shown in a view, which may hold no table.
    """
    facts = knowledge.states[entry.id]
    title = f"All states: {entry.title}"
    end = f"{count_text(facts, knowledge)} {DISCLAIMER}"
    every = sections_of(facts, knowledge) if is_view else [table_of(facts, knowledge)]
    text = "\n".join([escape(title), *(line.told for line in listed_by_value(facts, knowledge))])
    everywhere = [section(escape(facts.everywhere))] if facts.everywhere else []
    return Reply(
        _ending_in(text, [escape(end)], TEXT_LIMIT), [header(title), *everywhere, *every, context(escape(end))]
    )


def _term_reply(term: Term, entry: Entry) -> Reply:
    """An acronym or word in two sentences, and the entry to read on as a button."""
    names = " / ".join((term.term, *term.also))
    # A word of the trade, such as "worksite employee", stands for nothing but itself.
    stands_for = "" if term.stands_for.casefold() in _names(term) else f" stands for {term.stands_for}."
    read_on = button(f"{SHOW_TOPIC}:0", entry.label, entry.id, spoken=f"Read on: {entry.title}")
    blocks = [
        section(f"*{escape(names)}*{escape(stands_for)} {escape(term.meaning)}"),
        {"type": "actions", "elements": [read_on]},
    ]
    text = escape(f"{names}{stands_for or ':'} {term.meaning} Read on: {entry.title}.")
    return Reply(shortened(text, TEXT_LIMIT), blocks)


def _names(term: Term) -> set[str]:
    return {name.casefold() for name in (term.term, *term.also)}


def _entry_reply(entry: Entry, answer: Answer, mark: str, most: int, knowledge: KnowledgeBase, today: date) -> Reply:
    """A whole entry, or its states where all are asked for, with at most so many characters of text."""
    if asks_for_list(entry, answer.places, knowledge):
        return _list_reply(entry, most, knowledge)
    note = shown_of_note(entry.note or "")
    body = card(entry, answer.focus, knowledge, note=note, mark=mark, places=answer.places)
    provenance, provenance_text = small_print(entry, knowledge, today)
    blocks = [*body.blocks, context(provenance), *_buttons(entry, knowledge)]
    return Reply(_ending_in(body.text, [provenance_text], most), blocks)


def _list_reply(entry: Entry, most: int, knowledge: KnowledgeBase) -> Reply:
    """The states of an entry, grouped by their values."""
    facts = knowledge.states[entry.id]
    lines = listed_by_value(facts, knowledge)
    end = f"{count_text(facts, knowledge)} {DISCLAIMER}"
    both = button(f"{SHOW_TOPIC}:0", "Show both sides", entry.id, spoken=f"Show both sides: {entry.title}")
    blocks = [
        header(entry.title),
        *(section(line.marked) for line in lines),
        context(escape(end)),
        {"type": "actions", "elements": [states_button(entry), both]},
    ]
    text = "\n".join([escape(entry.title), *(line.told for line in lines)])
    return Reply(_ending_in(text, [escape(end)], most), blocks)


def card(
    entry: Entry,
    focus: Model | None,
    knowledge: KnowledgeBase,
    *,
    note: str,
    mark: str = _ASKED_BY_YOU,
    places: Sequence[str] = (),
) -> Reply:
    """Title, sides or text, what holds at some places, and notes of an entry, without small print and buttons."""
    remark = knowledge.provider.remarks.get(entry.id)
    notes = [f"Note: {note}"] if note else []
    notes += [f"At {knowledge.provider.name}: {remark}"] if remark else []
    body, body_text = (
        sides(entry, focus, mark) if isinstance(entry, Row) else ([section(escape(entry.text))], [escape(entry.text)])
    )
    if entry.id in _WITH_TABLE and knowledge.rows:
        body = [*body, comparison_table(knowledge)]
        body_text = [*body_text, escape(_comparison_text(knowledge))]
    told = [escape(told) for told in notes]
    there = lines_at(entry, places, knowledge, focus)
    blocks = [header(entry.title), *body, *lines_block(there), *(context(text) for text in told)]
    return Reply("\n".join([escape(entry.title), *body_text, *(line.told for line in there), *told]), blocks)


def sides(row: Row, focus: Model | None, mark: str = _ASKED_BY_YOU) -> tuple[list[Block], list[str]]:
    """Both sides as two columns, the model that was asked about first and marked in words, not by looks alone."""
    order: Sequence[Model] = ("peo", "aso") if focus == "peo" else ("aso", "peo")
    labels = {model: f"{_MODEL_NAMES[model]}{f' ({mark})' if model == focus else ''}" for model in order}
    texts: dict[Model, str] = {"aso": escape(row.aso), "peo": escape(row.peo)}
    marked = [f"*{labels[model]}*\n{texts[model]}" for model in order]
    fields = [mrkdwn(shortened(field, FIELD_LIMIT)) for field in marked]
    return [{"type": "section", "fields": fields}], [f"{labels[model]}: {texts[model]}" for model in order]


def _is_follow_up(answer: Answer) -> bool:
    """Whether a second question in a conversation asks for one side of what was shown before."""
    is_one_row = len(answer.entries) == 1 and isinstance(answer.entries[0], Row)
    return answer.how == "thread" and answer.focus is not None and is_one_row


def _follow_up_reply(answer: Answer, knowledge: KnowledgeBase, today: date) -> Reply:
    """The side that was asked for, in a sentence or two."""
    [row] = answer.entries
    assert isinstance(row, Row)
    assert answer.focus is not None
    name, whole = _MODEL_NAMES[answer.focus], row.aso if answer.focus == "aso" else row.peo
    side = escape(" ".join(sentences(whole)[: 1 if _asks_yes_or_no(answer) else _MOST_SENTENCES]))
    provenance, provenance_text = small_print(row, knowledge, today)
    value = topic_value(row.id, answer.places)
    both = button(f"{SHOW_TOPIC}:0", "Show both sides", value, spoken=f"Show both sides: {row.title}")
    there = lines_at(row, answer.places, knowledge, answer.focus)
    blocks = [
        header(row.title),
        section(f"*{name}*\n{side}"),
        *lines_block(there),
        context(provenance),
        {"type": "actions", "elements": [both, *_more_button(row, knowledge)]},
    ]
    text = "\n".join([escape(row.title), f"{name}: {side}", *(line.told for line in there)])
    return Reply(_ending_in(text, [provenance_text], _ANSWER_TEXT_LIMIT), blocks)


def _asks_yes_or_no(answer: Answer) -> bool:
    words = answer.match.reading.words if answer.match else ()
    # "And is that so under an ASO?"
    return any(word in _YES_OR_NO for word in words[:2])


def _rest_of_note(entry: Entry) -> str:
    """The whole note where the reply shows only a part of it."""
    note = entry.note or ""
    return "" if shown_of_note(note) == note else note


def _ending_in(text: str, end: Sequence[str], most: int) -> str:
    """A text of at most ``most`` characters with these lines at its end, which are not shortened."""
    last = "".join(f"\n{line}" for line in end)
    return shortened(text, max(1, most - len(last))) + last


def _buttons(entry: Entry, knowledge: KnowledgeBase) -> list[Block]:
    related = [knowledge.entries[entry_id] for entry_id in entry.related[:MAX_RELATED]]
    states = [states_button(entry)] if entry.id in knowledge.states else []
    buttons = [*topic_buttons(related), *states, *_more_button(entry, knowledge)]
    return [{"type": "actions", "elements": buttons}] if buttons else []


def _spoken_opening(entry: Entry) -> str:
    """What a screen reader says of a button that opens an entry; people who press by voice say the label in it."""
    return f"Open: {entry.title}" if entry.label in entry.title else f"Open: {entry.label}: {entry.title}"


def topic_buttons(entries: Sequence[Entry]) -> list[Block]:
    """A button for each entry, numbered to keep them apart inside one block."""
    return [
        button(f"{SHOW_TOPIC}:{number}", entry.label, entry.id, spoken=_spoken_opening(entry))
        for number, entry in enumerate(entries)
    ]


def _more_button(entry: Entry, knowledge: KnowledgeBase) -> list[Block]:
    has_more = entry.more or _rest_of_note(entry) or len(shown_sources(entry, knowledge)) > 1
    return [button(SHOW_MORE, "More", entry.id, spoken=f"More on {entry.title}")] if has_more else []


def _choices_reply(entries: Sequence[Entry], places: Sequence[str]) -> Reply:
    intro = "Which of these do you mean?"
    choices = [
        {
            **section(escape(entry.question)),
            "accessory": button(
                f"{CHOOSE_TOPIC}:{number}", entry.label, topic_value(entry.id, places), spoken=f"Choose: {entry.title}"
            ),
        }
        for number, entry in enumerate(entries)
    ]
    text = "\n".join([intro, *(f"- {entry.label}: {entry.question}" for entry in entries)])
    return Reply(shortened(escape(text), TEXT_LIMIT), [section(intro), *choices])


def _nothing_reply(answer: Answer, knowledge: KnowledgeBase) -> Reply:
    """Nothing was asked, or nothing that the knowledge base answers."""
    said = said_to(answer, knowledge)
    buttons = topic_buttons(said.offered)
    if said.has_overview:
        buttons.append(button(SHOW_OVERVIEW, "What I can answer", "overview"))
    labels = f" {listed(entry.label for entry in said.offered)}" if said.offered else ""
    blocks = [section(escape(said.sentence)), *([{"type": "actions", "elements": buttons}] if buttons else [])]
    return Reply(escape(said.sentence + labels), blocks)


def _joined(replies: Sequence[Reply]) -> Reply:
    """Several entries in one message; Slack takes one table a message and unique ids in it."""
    blocks: list[Block] = []
    for number, reply in enumerate(replies):
        blocks += [{"type": "divider"}] if number else []
        blocks += [block for block in reply.blocks if block["type"] != "table" or len(replies) == 1]
    return Reply("\n\n".join(reply.text for reply in replies), blocks)


def _comparison_text(knowledge: KnowledgeBase) -> str:
    return "\n".join(f"{row.title}. ASO: {row.aso} PEO: {row.peo}" for row in knowledge.rows)
