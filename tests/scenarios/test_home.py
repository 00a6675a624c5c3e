"""The Home tab says how to ask and shows the whole comparison."""

from __future__ import annotations

from bot.knowledge import KnowledgeBase
from bot.workspace import View, Workspace

from .support import COMMAND, plain, until


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


async def test_a_home_tab_that_slack_refuses_troubles_nobody(workspace: Workspace) -> None:
    workspace.fail_next("views.publish", "internal_error")
    await workspace.open_home("maya")
    await workspace.settle()
    assert workspace.home("maya") is None
    await opened_home(workspace, "maya")
    assert workspace.traffic.calls("chat.postMessage") == []
