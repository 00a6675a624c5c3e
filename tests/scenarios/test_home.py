"""The Home tab: ask, read the whole comparison, open every topic."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

import pytest

from bot.knowledge import KnowledgeBase, Row
from bot.slack.messages.small_print import shown_sources
from bot.store import ANSWERED_DAYS
from localslack import View, Workspace
from tests.shared import parts

from .support import A_QUESTION, COMMAND, ITS_TITLE, OFF_TOPIC, on_button, plain, posts, until


async def opened_home(workspace: Workspace, person: str) -> View:
    await workspace.open_home(person)
    await until(workspace, lambda: workspace.home(person) is not None)
    view = workspace.home(person)
    assert view is not None
    return view


async def test_it_shows_every_row_with_both_sides_and_every_topic(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    view = await opened_home(workspace, "maya")
    rows = [block for block in view.blocks if "fields" in block]
    assert [plain(block["text"]["text"]) for block in rows] == [f"*{row.title}*" for row in knowledge.rows]
    sides = [[plain(field["text"]) for field in block["fields"]] for block in rows]
    assert sides == [[f"*ASO*\n{row.aso}", f"*PEO*\n{row.peo}"] for row in knowledge.rows]
    shown = plain(str(view.blocks))
    assert COMMAND in shown
    assert [entry.title for theme in knowledge.themes[1:] for entry in theme.entries if entry.title not in shown] == []


async def test_everybody_gets_their_own_and_the_messages_tab_gets_none(workspace: Workspace) -> None:
    await opened_home(workspace, "andre")
    await workspace.open_home("priya", "messages")
    await workspace.settle()
    assert workspace.home("priya") is None
    assert workspace.home("maya") is None
    assert len(workspace.traffic.calls("views.publish")) == 1


async def test_a_home_tab_that_slack_fails_to_show_comes_a_little_later(workspace: Workspace) -> None:
    workspace.fail_next("views.publish", "internal_error")
    await opened_home(workspace, "maya")
    assert posts(workspace) == 0


async def test_a_home_tab_whose_blocks_slack_refuses_says_how_to_ask(workspace: Workspace) -> None:
    workspace.fail_next("views.publish", "invalid_arguments")
    assert COMMAND in text_of(await opened_home(workspace, "maya"))
    assert posts(workspace) == 0


async def test_who_sees_no_home_tab_is_told_how_to_ask_and_who_has_an_earlier_one_keeps_it(
    workspace: Workspace,
) -> None:
    workspace.fail_next("views.publish", "internal_error", times=2)
    await workspace.open_home("maya")
    assert COMMAND in (await workspace.next_message(workspace.direct_channel("maya"))).text
    before = await opened_home(workspace, "maya")
    workspace.fail_next("views.publish", "internal_error", times=2)
    await workspace.open_home("maya")
    await until(workspace, lambda: len(workspace.traffic.calls("views.publish")) == 5)
    await workspace.settle()
    assert workspace.home("maya") == before
    assert posts(workspace) == 1


async def modal(workspace: Workspace, person: str = "maya") -> View:
    await until(workspace, lambda: bool(workspace.views(person)))
    [view] = workspace.views(person)
    return view


def text_of(view: View) -> str:
    """Everything that a view shows."""
    return plain("\n".join(part["text"] for block in view.blocks for part in parts(block) if _is_text(part)))


def _is_text(part: Mapping[str, Any]) -> bool:
    return isinstance(part.get("text"), str)


def openers(view: View) -> Iterator[tuple[str, str, str | None]]:
    """block_id, entry and, of a select, the choice of everything in the Home tab that opens a topic."""
    for block in view.blocks:
        accessory = block.get("accessory", {})
        if accessory.get("action_id") != "open_topic":
            continue
        if accessory.get("type") == "button":
            yield block["block_id"], accessory["value"], None
        for option in accessory.get("options", ()):
            yield block["block_id"], option["value"], option["value"]


async def test_it_says_privacy_version_and_how_old_the_knowledge_is(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    shown = text_of(await opened_home(workspace, "maya"))
    newest = max(entry.reviewed for entry in knowledge.entries.values())
    assert version("peo-aso") in shown
    assert f"Knowledge of {newest.day} " in shown
    assert "your words are erased as soon as you have your reply" in shown
    assert "90 days" in shown
    assert f"kept for {ANSWERED_DAYS} days. All of it is kept under a code instead of your name" in shown
    assert f"by {knowledge.provider.name}, {knowledge.provider.about}" in shown
    assert len(workspace.traffic.calls("views.publish")) == 1


async def test_every_topic_opens_with_both_sides_sources_and_related(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    home = await opened_home(workspace, "maya")
    found = list(openers(home))
    assert {entry_id for _, entry_id, _ in found} == set(knowledge.entries)
    for block_id, entry_id, choice in found:
        entry = knowledge.entries[entry_id]
        outcome = await workspace.click_in_view(home, action_id="open_topic", value=choice, block_id=block_id)
        assert outcome.failure is None
        view = await modal(workspace)
        shown = text_of(view)
        wanted = [entry.title, *([entry.aso, entry.peo] if isinstance(entry, Row) else [entry.text])]
        wanted += [
            entry.more or "",
            entry.note or "",
            *(on_button(knowledge.entries[other]) for other in entry.related),
        ]
        wanted += [source.title or "" for source in shown_sources(entry, knowledge)]
        assert [text for text in wanted if text not in shown] == []
        await workspace.close_view(view)


async def test_a_related_topic_opens_in_the_place_of_the_one_before(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    home = await opened_home(workspace, "maya")
    await workspace.click_in_view(home, action_id="open_topic", block_id=next(openers(home))[0])
    for _ in range(4):
        view = await modal(workspace)
        [related] = [block for block in view.blocks if block["type"] == "actions"]
        chosen = related["elements"][-1]
        await workspace.click_in_view(view, action_id=chosen["action_id"], block_id=related["block_id"])
        title = knowledge.entries[chosen["value"]].title
        await until(workspace, lambda title=title: title == workspace.views("maya")[0].blocks[0]["text"]["text"])  # type: ignore[misc]
    assert len(workspace.views("maya")) == 1
    assert posts(workspace) == 0


@pytest.mark.parametrize(
    ("question", "words"),
    [
        pytest.param(A_QUESTION, ITS_TITLE, id="an answer"),
        pytest.param("who handles claims", "", id="whatever it is"),
        pytest.param(OFF_TOPIC, "I have no answer to that", id="nothing found"),
        pytest.param("hello", "Hello", id="a greeting"),
        pytest.param("<!channel> <@U0ANDRE>", "", id="a ping"),
    ],
)
async def test_a_search_is_answered_in_a_window(workspace: Workspace, question: str, words: str) -> None:
    home = await opened_home(workspace, "maya")
    await workspace.click_in_view(home, action_id="search", value=question)
    view = await modal(workspace)
    assert words in text_of(view)
    assert "<!channel>" not in str(view.body)
    assert "<@U0ANDRE>" not in str(view.body)
    assert posts(workspace) == 0


async def test_everybody_searches_for_themselves(workspace: Workspace) -> None:
    people = {"maya": A_QUESTION, "andre": "what is the SUTA rate?"}
    homes = {person: await opened_home(workspace, person) for person in people}
    await asyncio.gather(
        *(workspace.click_in_view(homes[person], action_id="search", value=asked) for person, asked in people.items())
    )
    shown = {person: text_of(await modal(workspace, person)) for person in people}
    assert ITS_TITLE in shown["maya"]
    assert ITS_TITLE not in shown["andre"]
    assert workspace.views("priya") == []


@pytest.mark.parametrize("error", ["expired_trigger_id", "internal_error"])
async def test_where_the_window_does_not_open_the_answer_comes_in_a_direct_message(
    workspace: Workspace, error: str
) -> None:
    home = await opened_home(workspace, "maya")
    workspace.fail_next("views.open", error, times=2)
    await workspace.click_in_view(home, action_id="search", value=A_QUESTION)
    message = await workspace.next_message(workspace.direct_channel("maya"))
    assert ITS_TITLE in message.text
