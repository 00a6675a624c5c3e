"""Carries out what a person does in the page.

Every request names who acts, since a window can play any person. It is validated before anything happens.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from localslack.client import Client
from localslack.client.interaction import Outcome
from localslack.errors import WorkspaceError
from localslack.model import Message, Payload, User, View
from localslack.state import State

_Choice: TypeAlias = str | int | float | list[str] | None

COMMANDS_ONLY_OUTSIDE_THREADS = "Slack runs no slash commands in threads. Type it in the channel."


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    id: int
    """Chosen by the page; the result carries it."""
    person: str = Field(alias="as")
    """User id of the person who acts."""

    async def carry_out(self, client: Client, person: User) -> Outcome | None:
        """Carry out the request and, where the app is involved, wait for its ack.

        Returns:
            What the person sees at once; None where the change itself is all they see.

        Raises:
            WorkspaceError: Slack's client would not allow it.
        """
        raise NotImplementedError


class _Post(_Request):
    do: Literal["post"]
    channel: str
    text: str
    """As typed."""
    thread_ts: str | None = None

    async def carry_out(self, client: Client, person: User) -> Outcome:
        if not self.text.strip():
            raise WorkspaceError("An empty message cannot be sent. Type something.")
        typed = client.writing.typed(self.text)
        return Outcome(message=await client.writing.post(person, self.channel, typed, thread_ts=self.thread_ts))


class _Edit(_Request):
    do: Literal["edit"]
    channel: str
    ts: str
    text: str

    async def carry_out(self, client: Client, person: User) -> None:
        if not self.text.strip():
            raise WorkspaceError("A message cannot be edited to nothing. Delete it instead.")
        await client.writing.edit(_own(client, person, self.channel, self.ts), client.writing.typed(self.text))


class _Delete(_Request):
    do: Literal["delete"]
    channel: str
    ts: str

    async def carry_out(self, client: Client, person: User) -> None:
        await client.writing.delete(_own(client, person, self.channel, self.ts))


class _Command(_Request):
    do: Literal["command"]
    channel: str
    command: str
    text: str = ""
    thread_ts: str | None = None

    async def carry_out(self, client: Client, person: User) -> Outcome:
        if self.thread_ts is not None:
            raise WorkspaceError(COMMANDS_ONLY_OUTSIDE_THREADS)
        return await client.commands.slash(person, self.channel, self.command, client.writing.typed(self.text))


class _Act(_Request):
    """Use an element of a message."""

    do: Literal["act"]
    channel: str
    ts: str
    block_id: str
    action_id: str
    value: _Choice = None

    async def carry_out(self, client: Client, person: User) -> Outcome:
        message = _seen(client, person, self.channel, self.ts)
        return await client.elements.click(
            person, message, action_id=self.action_id, value=self.value, block_id=self.block_id
        )


class _ActInView(_Request):
    """Use or fill in an element of a modal or of the Home tab."""

    do: Literal["act_in_view"]
    view: str
    block_id: str
    action_id: str
    value: _Choice = None

    async def carry_out(self, client: Client, person: User) -> Outcome:
        view = _view(client, person, self.view)
        return await client.elements.click_in_view(
            view, action_id=self.action_id, value=self.value, block_id=self.block_id
        )


class _FillIn(_Request):
    """Fill in an element of a view without telling the app yet."""

    do: Literal["fill_in"]
    view: str
    block_id: str
    action_id: str
    value: _Choice = None

    async def carry_out(self, client: Client, person: User) -> None:
        view = _view(client, person, self.view)
        client.elements.fill_in(view, action_id=self.action_id, value=self.value, block_id=self.block_id)


class _Submit(_Request):
    do: Literal["submit"]
    view: str

    async def carry_out(self, client: Client, person: User) -> Outcome:
        # The page has already sent the values, field by field.
        return await client.views.submit_view(_view(client, person, self.view))


class _Close(_Request):
    do: Literal["close"]
    view: str

    async def carry_out(self, client: Client, person: User) -> Outcome:
        return await client.views.close_view(_view(client, person, self.view))


class _OpenApp(_Request):
    """Open the app's Home or Messages tab."""

    do: Literal["open_app"]
    tab: Literal["home", "messages"]

    async def carry_out(self, client: Client, person: User) -> None:
        await client.views.open_home(person, self.tab)


class _Shortcut(_Request):
    """Choose a shortcut: a message shortcut where a message is named, otherwise a global one."""

    do: Literal["shortcut"]
    callback_id: str
    channel: str | None = None
    ts: str | None = None

    async def carry_out(self, client: Client, person: User) -> Outcome:
        if self.channel is None or self.ts is None:
            return await client.shortcuts.global_shortcut(person, self.callback_id)
        return await client.shortcuts.shortcut(person, _seen(client, person, self.channel, self.ts), self.callback_id)


class _AddApp(_Request):
    """Add the app to a channel."""

    do: Literal["add_app"]
    channel: str

    async def carry_out(self, client: Client, person: User) -> None:
        await client.writing.add_app(self.channel)


_AnyRequest: TypeAlias = Annotated[
    _Post
    | _Edit
    | _Delete
    | _Command
    | _Act
    | _ActInView
    | _FillIn
    | _Submit
    | _Close
    | _OpenApp
    | _Shortcut
    | _AddApp,
    Field(discriminator="do"),
]
_REQUEST: TypeAdapter[_AnyRequest] = TypeAdapter(_AnyRequest)


async def answer(client: Client, state: State, text: str) -> Payload:
    """Carry out one request of a page.

    Args:
        client: Carries it out.
        state: Says who is in the workspace.
        text: A JSON object with ``id``, ``as``, ``do`` and the fields that the action needs.

    Returns:
        ``id`` as given, None where it could not be read; ``error``, a message for the person, or None;
        ``errors`` by block_id; ``ts`` of the message that was posted or that a command showed.
    """
    try:
        request = _REQUEST.validate_json(text)
    except ValidationError as fault:
        return _result(_id_of(text), _faults(fault))
    try:
        outcome = await request.carry_out(client, _person(state, request.person))
    except WorkspaceError as refusal:
        return _result(request.id, str(refusal))
    if outcome is None:
        return _result(request.id, None)
    ts = outcome.message.ts if outcome.message else None
    return _result(request.id, _failure(outcome, state.users.bot.real_name), errors=dict(outcome.errors), ts=ts)


def _result(id: int | None, error: str | None, **more: Any) -> Payload:
    return {"type": "result", "id": id, "error": error, **more}


def _id_of(text: str) -> int | None:
    """The id of an invalid request, so that its result still reaches the code that waits for it."""
    try:
        request = json.loads(text)
    except ValueError:
        return None
    given = request.get("id") if isinstance(request, dict) else None
    return given if isinstance(given, int) else None


def _faults(fault: ValidationError) -> str:
    places = [f"{'.'.join(map(str, one['loc'])) or 'it'}: {one['msg']}" for one in fault.errors(include_url=False)]
    return f"The page sent a request that cannot be read ({'; '.join(places[:3])}). Reload the page."


def _failure(outcome: Outcome, name: str) -> str | None:
    told = {
        None: None,
        "dispatch_failed": f"{name} is not connected, or its answer was not valid.",
        "operation_timeout": f"{name} did not answer in time.",
        "unknown_command": "There is no such command.",
    }[outcome.failure]
    return told if told is None or not outcome.detail else f"{told} {outcome.detail}"


def _person(state: State, user_id: str) -> User:
    user = state.users.find(user_id)
    if user.is_bot:
        raise WorkspaceError(f"{user.real_name} is an app; act as one of the people.")
    return user


def _own(client: Client, person: User, channel: str, ts: str) -> Message:
    message = client.screen.message(channel, ts)
    if message is None or message.user_id != person.id:
        raise WorkspaceError("Only its author can change a message, while it is there.")
    return message


def _seen(client: Client, person: User, channel: str, ts: str) -> Message:
    """A message that this person sees, ephemeral or not."""
    ephemerals: Sequence[Message] = client.screen.ephemerals(person, channel)
    found = client.screen.message(channel, ts) or next((one for one in ephemerals if one.ts == ts), None)
    if found is None:
        raise WorkspaceError("That message is not there any more.")
    return found


def _view(client: Client, person: User, view_id: str) -> View:
    home = client.screen.home(person)
    views = [*client.screen.views(person), *([home] if home else [])]
    found = next((view for view in views if view.id == view_id), None)
    if found is None:
        raise WorkspaceError("That view is not open any more.")
    return found
