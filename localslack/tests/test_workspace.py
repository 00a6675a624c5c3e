"""The workspace itself: who can reach it, and who is in it when it starts."""

import aiohttp
import pytest

from localslack import User, Workspace, WorkspaceError
from support import Manifest


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "localhost"])
async def test_it_listens_on_loopback_only(manifest: Manifest, host: str) -> None:
    with pytest.raises(ValueError, match=r"cannot listen on .*127\.0\.0\.1"):
        await Workspace(manifest).start(host)


async def test_a_port_that_is_taken_is_said_so(workspace: Workspace, manifest: Manifest) -> None:
    port = int(workspace.api_url.split(":")[2].split("/")[0])
    second = Workspace(manifest)
    with pytest.raises(OSError, match="address already in use"):
        await second.start(port=port)
    with pytest.raises(RuntimeError, match="not running"):
        _ = second.api_url


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Host": "evil.example"}, id="a name that resolves here"),
        pytest.param({"Host": "127.0.0.1:1"}, id="another port"),
        pytest.param({"Origin": "https://evil.example"}, id="a page elsewhere"),
        pytest.param({"Origin": "null"}, id="a page from nowhere"),
    ],
)
async def test_it_answers_only_to_its_own_address(
    workspace: Workspace, session: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    async with session.post(workspace.api_url + "auth.test", headers=headers) as response:
        assert response.status == 403


async def test_it_answers_a_page_of_its_own(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    origin = workspace.api_url.removesuffix("/api/")
    async with session.post(workspace.api_url + "auth.test", headers={"Origin": origin}) as response:
        assert response.status == 200


async def test_it_has_no_address_before_it_starts(manifest: Manifest) -> None:
    with pytest.raises(RuntimeError, match="not running"):
        _ = Workspace(manifest).api_url


def test_a_manifest_without_a_bot_user_is_refused(manifest: Manifest) -> None:
    del manifest["features"]["bot_user"]
    with pytest.raises(ValueError, match="bot user"):
        Workspace(manifest)


def test_it_starts_with_three_people_and_three_channels(manifest: Manifest) -> None:
    workspace = Workspace(manifest)
    assert [person.name for person in workspace.people] == ["maya", "andre", "priya"]
    names = {channel.name: workspace.bot_user_id in channel.members for channel in workspace.channels}
    assert names == {"general": True, "ask": True, "random": False, "": True}
    for person in workspace.people:
        assert workspace.direct_channel(person).kind == "im"


@pytest.mark.parametrize("user", ["maya", "@maya", "U0MAYA", User("U0MAYA", "maya", "Maya Lindqvist")])
def test_people_are_found_by_any_name(manifest: Manifest, user: str | User) -> None:
    assert Workspace(manifest).user(user).id == "U0MAYA"


def test_who_or_what_is_not_there_is_said_with_what_is(manifest: Manifest) -> None:
    workspace = Workspace(manifest)
    with pytest.raises(WorkspaceError, match=r"Nobody here is 'bob'.*maya"):
        workspace.user("bob")
    with pytest.raises(WorkspaceError, match=r"no channel 'sales'.*general"):
        workspace.channel("#sales")
