"""The Home tab, and replies as modals. Pure.

A view holds 100 blocks and 250 KB (https://docs.slack.dev/reference/views), and neither tables nor votes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.conversation.buttons import CHOOSE_TOPIC, SHOW_MORE, SHOW_STATES, SHOW_TOPIC
from bot.knowledge import Entry, KnowledgeBase, Row
from bot.slack.messages.answers import (
    HOW_TO_ASK,
    card,
    sides,
    topic_buttons,
)
from bot.slack.messages.layout import (
    BLOCKS_LIMIT,
    CONTEXT_LIMIT,
    TEXT_LIMIT,
    VIEW_BYTES,
    VIEW_OPTIONS,
    Block,
    Reply,
    button,
    context,
    day,
    escape,
    fitting,
    header,
    plain,
    section,
    shortened,
    split,
)
from bot.slack.messages.small_print import closing_text, provider_context, small_print, source_lines
from bot.slack.messages.small_talk import EXAMPLE_QUESTION
from bot.slack.messages.states import picker
from bot.store import ANSWERED_DAYS

SEARCH = "search"
OPEN_TOPIC = "open_topic"
# Of a Home tab. What is more is found by the search.
HOME_ROWS = 30
HOME_THEMES = 40
# Of a select.
_MOST_OPTIONS = 100
VIEW_BLOCKS = 100
LONGEST_SEARCH = 500
# Of a block of buttons.
_MOST_RELATED = 25
# Elements that mean something in a view.
_IN_VIEWS = (SHOW_TOPIC, CHOOSE_TOPIC, SHOW_MORE, SHOW_STATES)


def home_view(knowledge: KnowledgeBase, version: str, retention_days: int) -> Block:
    """The Home tab, the same for everybody: ask, the comparison, every topic, and what is to know about the bot.

    Slack takes no table there, so that each row of the comparison is a section with two columns.
    """
    topics = [
        header("The comparison"),
        *(_row(row) for row in knowledge.rows[:HOME_ROWS]),
        {"type": "divider"},
        *_states(knowledge),
        header("Every topic"),
        *_themes(knowledge),
    ]
    blocks = [
        header("PEO versus ASO"),
        section(escape(HOW_TO_ASK)),
        _search(),
        {"type": "divider"},
        *fitting(topics, VIEW_BYTES),
        {"type": "divider"},
        provider_context(knowledge),
        context(_privacy_text(retention_days)),
        context(f"Version {escape(version)}. Knowledge of {day(max(e.reviewed for e in knowledge.entries.values()))}."),
    ]
    return {"type": "home", "blocks": blocks}


def plain_home_view() -> Block:
    """The Home tab in words alone."""
    return {"type": "home", "blocks": [section(escape(HOW_TO_ASK))]}


def _search() -> Block:
    return {
        "type": "input",
        "block_id": SEARCH,
        "dispatch_action": True,
        "label": plain("Ask a question"),
        "hint": plain("Press Enter. Only you see the answer."),
        "element": {
            "type": "plain_text_input",
            "action_id": SEARCH,
            "max_length": LONGEST_SEARCH,
            "placeholder": plain(f"For example: {EXAMPLE_QUESTION}"),
            "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
        },
    }


def _row(row: Row) -> Block:
    opens = button(OPEN_TOPIC, "Open", row.id, spoken=f"Open: {row.title}")
    return {**section(f"*{escape(row.title)}*"), **sides(row, None)[0][0], "accessory": opens}


def _states(knowledge: KnowledgeBase) -> list[Block]:
    """A select of all states, and a button for each entry of which something is known state by state."""
    if not knowledge.states:
        return []
    with_states = [entry for entry in knowledge.entries.values() if entry.id in knowledge.states]
    buttons = [
        button(f"{SHOW_STATES}:{number}", entry.label, entry.id, spoken=f"All states: {entry.label}")
        for number, entry in enumerate(with_states[:_MOST_RELATED])
    ]
    return [
        header("State by state"),
        {**section("*What holds for a PEO in one state*"), "accessory": picker(knowledge)},
        section("*One topic in all states*"),
        {"type": "actions", "elements": buttons},
        {"type": "divider"},
    ]


def _themes(knowledge: KnowledgeBase) -> Iterator[Block]:
    """A select a theme, with all its entries."""
    left = VIEW_OPTIONS - (len(knowledge.places.states) if knowledge.states else 0)
    for theme in knowledge.themes[:HOME_THEMES]:
        entries = theme.entries[: min(_MOST_OPTIONS, left)]
        left -= len(entries)
        if entries:
            yield {
                # The select has their titles; beside it they would fill a phone with prose.
                **section(f"*{escape(theme.title)}*"),
                "accessory": {
                    "type": "static_select",
                    "action_id": OPEN_TOPIC,
                    "placeholder": plain(f"Open a topic: {theme.title}"),
                    "options": [{"text": plain(entry.title), "value": entry.id} for entry in entries],
                },
            }


def _privacy_text(retention_days: int) -> str:
    kept = "Privacy: your words are erased as soon as you have your reply."
    if retention_days:
        days = "1 day" if retention_days == 1 else f"{retention_days} days"
        kept += f" Only a question that I could not answer, and what you say you expected, are kept for {days}."
    return (
        f"{kept} When and where you asked and which topic you got are kept for {ANSWERED_DAYS} days. All of it is kept "
        "under a code instead of your name. Nothing goes to anybody but Slack, and no answer is generated."
    )


def topic_reply(entry: Entry, knowledge: KnowledgeBase, today: date, places: Sequence[str] = ()) -> Reply:
    """One topic with both sides, what holds at some places, all details and sources, and what is related."""
    shown = card(entry, None, knowledge, note=entry.note or "", places=places)
    sources = source_lines(entry, knowledge)
    blocks = [
        *shown.blocks,
        *([section(escape(entry.more))] if entry.more else []),
        *(context(part) for part in (split("\n".join(["*Sources*", *sources]), CONTEXT_LIMIT) if sources else ())),
        context(closing_text(entry, today)),
    ]
    if entry.related:
        related = topic_buttons([knowledge.entries[entry_id] for entry_id in entry.related[:_MOST_RELATED]])
        blocks += [section("*Related*"), {"type": "actions", "elements": related}]
    _, end = small_print(entry, knowledge, today)
    text = "\n".join([shown.text, *([escape(entry.more)] if entry.more else [])])
    return Reply(f"{shortened(text, TEXT_LIMIT - len(end) - 1)}\n{end}", blocks[:BLOCKS_LIMIT])


def modal_of(reply: Reply) -> Block:
    """A reply as a modal: without what only messages may hold."""
    blocks = [shown for block in reply.blocks for shown in _in_view(block)] or [section(reply.text)]
    return {"type": "modal", "title": plain("PEO vs ASO"), "close": plain("Close"), "blocks": blocks[:VIEW_BLOCKS]}


def _in_view(block: Block) -> Sequence[Block]:
    if block["type"] in ("table", "context_actions"):
        return []
    if block["type"] != "actions":
        return [block]
    elements = [element for element in block["elements"] if element["action_id"].startswith(_IN_VIEWS)]
    return [{**block, "elements": elements}] if elements else []
