"""The methods of `views.*`."""

import json
from typing import Any

import aiohttp
import pytest

from localslack import Workspace
from support import Call, Manifest

MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Title"},
    "blocks": [{"type": "divider"}],
}
HOME = {"type": "home", "blocks": [{"type": "divider"}]}


async def post_raw(session: aiohttp.ClientSession, url: str, **request: Any) -> dict[str, Any]:
    async with session.post(url, **request) as response:
        body: dict[str, Any] = await response.json()
        return body


async def test_a_home_view_replaces_the_former_one(workspace: Workspace, call: Call) -> None:
    first = await call("views.publish", user_id="U0MAYA", view=HOME)
    second = await call("views.publish", user_id="U0MAYA", view=json.dumps(HOME))
    assert first["view"]["id"] == second["view"]["id"]
    assert first["view"]["hash"] != second["view"]["hash"]
    home = workspace.home("maya")
    assert home is not None
    assert home.hash == second["view"]["hash"]
    assert workspace.home("andre") is None


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        pytest.param("views.publish", {"user_id": "U0NO", "view": HOME}, "user_not_found", id="no user"),
        pytest.param("views.publish", {"user_id": "U0MAYA"}, "invalid_arguments", id="no view"),
        pytest.param("views.publish", {"user_id": "U0MAYA", "view": MODAL}, "invalid_arguments", id="a modal as Home"),
        pytest.param(
            "views.publish",
            {"user_id": "U0MAYA", "view": {"type": "home"}},
            "invalid_arguments",
            id="no blocks",
        ),
        pytest.param("views.open", {"view": MODAL}, "invalid_arguments", id="no trigger_id"),
        pytest.param(
            "views.open", {"trigger_id": "1.2.abc", "view": MODAL}, "invalid_trigger_id", id="unknown trigger"
        ),
        pytest.param("views.update", {"view_id": "V0NO", "view": MODAL}, "not_found", id="no such view"),
    ],
)
async def test_a_view_that_slack_would_refuse_is_refused(
    call: Call, method: str, arguments: dict[str, Any], error: str
) -> None:
    assert (await call(method, **arguments))["error"] == error


async def test_a_fault_in_a_view_is_named_with_its_place(call: Call) -> None:
    view = MODAL | {"title": {"type": "plain_text", "text": "x" * 25}}
    answer = await call("views.open", trigger_id="1.2.abc", view=view)
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]


async def test_a_home_view_needs_the_home_tab(manifest: Manifest, session: aiohttp.ClientSession) -> None:
    manifest["features"]["app_home"]["home_tab_enabled"] = False
    async with Workspace(manifest) as workspace:
        headers = {"Authorization": f"Bearer {workspace.bot_token}"}
        arguments = {"user_id": "U0MAYA", "view": HOME}
        answer = await post_raw(session, workspace.api_url + "views.publish", json=arguments, headers=headers)
    assert answer["error"] == "not_enabled"


async def test_an_outdated_hash_does_not_overwrite_a_newer_home_view(call: Call) -> None:
    first = await call("views.publish", user_id="U0MAYA", view=HOME)
    await call("views.publish", user_id="U0MAYA", view=HOME)
    late = await call("views.publish", user_id="U0MAYA", view=HOME, hash=first["view"]["hash"])
    assert late["error"] == "hash_conflict"
