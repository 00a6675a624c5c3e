"""What people write in Slack's client, and where they cannot."""

import pytest

from localslack import Workspace, WorkspaceError
from support import Manifest

ASK = "#ask"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        pytest.param("hello", "hello", id="plain"),
        pytest.param("a < b & c > d", "a &lt; b &amp; c &gt; d", id="the three escapes"),
        pytest.param("@lunch-bot hi", "<@U0BOT> hi", id="the bot"),
        pytest.param("@Maya Lindqvist, @maya", "<@U0MAYA>, <@U0MAYA>", id="a person by either name"),
        pytest.param("@LUNCH-BOT hi", "<@U0BOT> hi", id="in capitals"),
        pytest.param("@mayas @bob", "@mayas @bob", id="nobody"),
        pytest.param("me@maya.example", "me@maya.example", id="an address is no mention"),
        pytest.param("see #general", "see <#C0GENERAL|general>", id="a channel"),
        pytest.param("@here look", "<!here> look", id="everybody here"),
        pytest.param("<!channel>", "&lt;!channel&gt;", id="markup as typed pings nobody"),
        pytest.param("(https://a.example/?a=1&b=2).", "(<https://a.example/?a=1&amp;b=2>).", id="a link"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_typing_gives_slacks_markup(manifest: Manifest, text: str, sent: str) -> None:
    assert Workspace(manifest).typed(text) == sent


async def test_nobody_writes_where_they_cannot(workspace: Workspace) -> None:
    secret = workspace.create_channel("secret", ["maya"], "group")
    with pytest.raises(WorkspaceError, match="andre is not in #secret"):
        await workspace.post("andre", secret, "hi")
    workspace.archive("#random")
    with pytest.raises(WorkspaceError, match="#random is archived"):
        await workspace.post("andre", "#random", "hi")
    with pytest.raises(WorkspaceError, match="at most 40000"):
        await workspace.post("andre", "#general", "x" * 40_001)
    with pytest.raises(WorkspaceError, match=r"no message 1\.0 "):
        await workspace.post("andre", "#general", "hi", thread_ts="1.0")


@pytest.mark.parametrize(
    ("setting", "value"), [("messages_tab_enabled", False), ("messages_tab_read_only_enabled", True)]
)
async def test_nobody_writes_to_an_app_that_takes_no_messages(manifest: Manifest, setting: str, value: bool) -> None:
    manifest["features"]["app_home"][setting] = value
    with pytest.raises(WorkspaceError, match="has been turned off"):
        await Workspace(manifest).direct_message("maya", "hi")


async def test_a_reply_to_a_reply_goes_to_the_thread(workspace: Workspace) -> None:
    parent = await workspace.post("maya", ASK, "A")
    reply = await workspace.post("andre", ASK, "B", thread_ts=parent.ts)
    second = await workspace.post("maya", ASK, "C", thread_ts=reply.ts)
    assert second.thread_ts == parent.ts
