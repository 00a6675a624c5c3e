"""What a person does with the app's commands, buttons, shortcuts and views.

Payload shapes: https://docs.slack.dev/reference/interaction-payloads
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from localslack.block_kit import PlacedElement
from localslack.content import view_body
from localslack.deliveries import HTTP_TIMEOUT, TIMEOUT, Deliveries, Delivery
from localslack.errors import ApiError, WorkspaceError
from localslack.interactivity import ResponseTarget, Triggers
from localslack.manifest import AppManifest
from localslack.model import Change, Channel, Choices, Message, Payload, User, View
from localslack.on_screen import filled_in, find_element, refuse_missing
from localslack.payloads import Payloads
from localslack.responses import Responses, command_answer
from localslack.state import WorkspaceState
from localslack.tokens import Tokens
from localslack.values import (
    Choice,
    chosen_value,
    has_state,
    initial_values,
    is_vote,
    with_value,
    without_votes,
)
from localslack.views import Views

DISPATCH_FAILED = "dispatch_failed"
OPERATION_TIMEOUT = "operation_timeout"
UNKNOWN_COMMAND = "unknown_command"

# A choice in a message stays while the message is on somebody's screen; the oldest go first.
CHOICES_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the person sees of an interaction.

    Attributes:
        ack_seconds: How long the app took to acknowledge; None when it did not in time.
        failure: What Slack tells the person: ``dispatch_failed`` (the app is not connected, or its
            answer is invalid), ``operation_timeout`` (no ack in time), ``unknown_command``; None when
            all went well.
        detail: What is wrong with an invalid answer.
        message: The message that the ack of a command showed.
        errors: block_id -> the error that a submission showed there.
    """

    ack_seconds: float | None = None
    failure: str | None = None
    detail: str = ""
    message: Message | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


class Interactions:
    """Sends what people do to the app, and carries out what its acks say."""

    def __init__(
        self,
        *,
        manifest: AppManifest,
        state: WorkspaceState,
        payloads: Payloads,
        views: Views,
        triggers: Triggers,
        responses: Responses,
        deliveries: Deliveries,
        tokens: Tokens,
        observe: Callable[[Change], None],
    ) -> None:
        self._manifest = manifest
        self._state = state
        self._payloads = payloads
        self._identity = payloads.identity
        self._views = views
        self._triggers = triggers
        self._responses = responses
        self._deliveries = deliveries
        self._tokens = tokens
        self._observe = observe
        self._choices: dict[tuple[str, str, str], Choices] = {}

    # Slash commands

    async def slash(self, user: User, channel: Channel, command: str, text: str) -> Outcome:
        """Run a slash command, as typed in the message box of a channel."""
        is_offered = command in self._manifest.commands and "commands" in self._manifest.bot_scopes
        if not is_offered or self._tokens.bot is None:
            return Outcome(failure=UNKNOWN_COMMAND, detail=f"{command} is not a valid command.")
        target = ResponseTarget(channel.id, user.id)
        payload = {
            "token": "local-workspace",
            "team_id": self._identity.team_id,
            "team_domain": self._identity.team_domain,
            "channel_id": channel.id,
            "channel_name": _channel_name(channel),
            "user_id": user.id,
            "user_name": user.name,
            "command": command,
            "text": text.strip(),
            "api_app_id": self._identity.app_id,
            **self._organization_in_form(),
            "response_url": self._responses.issue_url(target),
            "trigger_id": self._triggers.issue(user.id),
        }
        delivery = self._deliveries.deliver("slash_commands", payload)
        outcome = await _outcome(delivery)
        answer = command_answer(delivery.acked.ack_payload if delivery.acked else None)
        if answer is None:
            return outcome
        try:
            return replace(outcome, message=self._responses.show(target, answer))
        except ApiError as error:
            return replace(outcome, failure=DISPATCH_FAILED, detail=str(error))

    # Clicks and choices

    async def act_on_message(
        self, user: User, message: Message, action_id: str, choice: Choice, block_id: str | None
    ) -> Outcome:
        """Use an element of a message."""
        message = self._state.current(message)
        placed = find_element(message.blocks, user, action_id, choice, block_id)
        value = chosen_value(placed.element, choice)
        key = (message.channel_id, message.ts, user.id)
        before = self._choices.get(key)
        values = before.values if before else initial_values(message.blocks)
        if has_state(placed.element) or is_vote(value):
            values = with_value(values, placed.block_id, placed.action_id, value)
            self._remember(Choices(*key, values))
        if not _is_sent(placed):
            return Outcome()
        is_ephemeral = message.ephemeral_to is not None
        target = ResponseTarget(message.channel_id, user.id, message.ts, is_ephemeral)
        container: Payload = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel_id,
            "is_ephemeral": is_ephemeral,
        }
        # Of other messages Slack does not always say it here; the message itself does.
        if is_ephemeral and message.thread_ts is not None:
            container["thread_ts"] = message.thread_ts
        payload = self._block_actions(user, placed, value) | {
            "container": container,
            "channel": self._channel(message.channel_id),
            "state": {"values": without_votes(values)},
            "response_url": self._responses.issue_url(target),
        }
        if not is_ephemeral:
            payload["message"] = self._payloads.message(message)
        return await self._interact(payload)

    async def act_on_view(self, view: View, action_id: str, choice: Choice, block_id: str | None) -> Outcome:
        """Use an element of a modal or a Home tab."""
        view, placed, value = self._filled(view, action_id, choice, block_id)
        user = self._state.users[view.user_id]
        if not _is_sent(placed):
            return Outcome()
        payload = self._block_actions(user, placed, value) | {
            "container": {"type": "view", "view_id": view.id},
            "view": self._payloads.view(view),
        }
        return await self._interact(payload)

    def fill_in(self, view: View, action_id: str, choice: Choice, block_id: str | None) -> None:
        """Fill in an element of a view, of which the app hears later, if at all."""
        self._filled(view, action_id, choice, block_id)

    def _filled(
        self, view: View, action_id: str, choice: Choice, block_id: str | None
    ) -> tuple[View, PlacedElement, Payload]:
        view = self._open_view(view)
        placed = find_element(view.blocks, self._state.users[view.user_id], action_id, choice, block_id)
        value = chosen_value(placed.element, choice)
        if has_state(placed.element):
            view = self._views.fill_in(view, {placed.block_id: {placed.action_id: value}})
        return view, placed, value

    def _block_actions(self, user: User, placed: PlacedElement, value: Payload) -> Payload:
        action = {
            **value,
            "action_id": placed.action_id,
            "block_id": placed.block_id,
            "action_ts": self._state.next_ts(),
        }
        return self._interaction("block_actions", user) | {"actions": [action]}

    @property
    def choices(self) -> list[Choices]:
        """What people have chosen in messages."""
        return list(self._choices.values())

    def _remember(self, choices: Choices) -> None:
        self._choices[choices.channel_id, choices.ts, choices.user_id] = choices
        self._observe(Change("choices_made", choices))
        if len(self._choices) > CHOICES_KEPT:
            del self._choices[next(iter(self._choices))]

    # Shortcuts

    async def message_shortcut(self, user: User, message: Message, callback_id: str) -> Outcome:
        """Choose a message shortcut from the menu of a message."""
        self._require_shortcut(callback_id, "message")
        message = self._state.current(message)
        target = ResponseTarget(message.channel_id, user.id, message.ts)
        payload = self._interaction("message_action", user) | {
            "callback_id": callback_id,
            "action_ts": self._state.next_ts(),
            "message_ts": message.ts,
            "message": self._payloads.message(message),
            "channel": self._channel(message.channel_id),
            "response_url": self._responses.issue_url(target),
        }
        return await self._interact(payload)

    async def global_shortcut(self, user: User, callback_id: str) -> Outcome:
        """Choose a global shortcut from the search or the message box."""
        self._require_shortcut(callback_id, "global")
        payload = self._interaction("shortcut", user) | {
            "callback_id": callback_id,
            "action_ts": self._state.next_ts(),
        }
        return await self._interact(payload)

    def _require_shortcut(self, callback_id: str, kind: str) -> None:
        shortcut = self._manifest.shortcuts.get(callback_id)
        if shortcut is None or shortcut.kind != kind:
            raise WorkspaceError(f"The manifest has no {kind} shortcut {callback_id!r}. Add it under features.")

    # Modals

    async def submit(self, view: View, choices: Mapping[str, Choice]) -> Outcome:
        """Fill in a modal and submit it; ``choices`` by action_id."""
        view = self._open_view(view)
        if "submit" not in view.body:
            raise WorkspaceError(f"View {view.id} has no submit button.")
        view = self._views.fill_in(view, filled_in(view, choices))
        refuse_missing(view)
        payload = self._interaction("view_submission", self._state.users[view.user_id]) | {
            "view": self._payloads.view(view),
            "response_urls": [],
        }
        delivery = self._deliveries.deliver("interactive", payload)
        outcome = await _outcome(delivery)
        if delivery.acked is None:
            return outcome
        try:
            errors = self._follow(view, delivery.acked.ack_payload or {})
        except ApiError as error:
            return replace(outcome, failure=DISPATCH_FAILED, detail=str(error))
        return replace(outcome, errors=errors)

    async def close(self, view: View) -> Outcome:
        """Close a modal; the app hears of it when the view asked for that."""
        view = self._open_view(view)
        closes_all = bool(view.body.get("clear_on_close"))
        if closes_all:
            self._views.close_all(view.user_id)
        else:
            self._views.close(view)
        if not view.body.get("notify_on_close"):
            return Outcome()
        payload = self._interaction("view_closed", self._state.users[view.user_id])
        # Slack gives no trigger_id here: a closed view is no occasion to open another.
        del payload["trigger_id"]
        return await self._interact(payload | {"view": self._payloads.view(view), "is_cleared": closes_all})

    def _follow(self, view: View, ack: Payload) -> Mapping[str, str]:
        """Do what the ack of a submission says, and give the errors that it shows."""
        action = ack.get("response_action")
        if action == "errors":
            return _known_errors(view, ack.get("errors"))
        if action == "update":
            self._views.update(view, view_body(ack.get("view")))
        elif action == "push":
            self._views.open(view.user_id, view_body(ack.get("view")))
        elif action == "clear":
            self._views.close_all(view.user_id)
        elif action is None:
            self._views.close(self._open_view(view))
        else:
            raise ApiError("invalid_arguments", [f"unknown response_action: {action}"])
        return {}

    def _open_view(self, view: View) -> View:
        current = self._views.find(view.id)
        if current is None:
            raise WorkspaceError(f"View {view.id} is not open any more.")
        return current

    # What all of them need

    async def _interact(self, payload: Payload) -> Outcome:
        return await _outcome(self._deliveries.deliver("interactive", payload))

    def _interaction(self, kind: str, user: User) -> Payload:
        if not self._manifest.interactivity:
            raise WorkspaceError(
                "The manifest has settings.interactivity off, so Slack tells the app of no click. Turn it on."
            )
        team_id, by_organization = self._identity.team_id, self._tokens.by_organization
        enterprise: Payload | None = None
        team: Payload = {"id": team_id, "domain": self._identity.team_domain}
        if self._identity.enterprise_id:
            enterprise = {"id": self._identity.enterprise_id, "name": self._identity.enterprise_name}
            team |= {"enterprise_id": enterprise["id"], "enterprise_name": enterprise["name"]}
        return {
            "type": kind,
            "token": "local-workspace",
            "api_app_id": self._identity.app_id,
            # With an installation for the whole organization, only the user says which workspace it is.
            "team": None if by_organization else team,
            "enterprise": enterprise,
            "is_enterprise_install": by_organization,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id or team_id},
            "trigger_id": self._triggers.issue(user.id),
        }

    def _organization_in_form(self) -> Payload:
        by_organization = {"is_enterprise_install": str(self._tokens.by_organization).lower()}
        if not self._identity.enterprise_id:
            return by_organization
        enterprise = {"enterprise_id": self._identity.enterprise_id, "enterprise_name": self._identity.enterprise_name}
        return by_organization | enterprise

    def _channel(self, channel_id: str) -> Payload:
        return {"id": channel_id, "name": _channel_name(self._state.channels[channel_id])}


def _channel_name(channel: Channel) -> str:
    """The name that payloads carry: Slack gives that of public channels only."""
    names = {"im": "directmessage", "group": "privategroup", "mpim": f"mpdm-{channel.name}-1"}
    return names.get(channel.kind, channel.name)


def _is_sent(placed: PlacedElement) -> bool:
    """Whether the app hears of it at once: what is in an input block waits for the submission."""
    return placed.block["type"] != "input" or bool(placed.block.get("dispatch_action"))


def _known_errors(view: View, errors: object) -> Mapping[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise ApiError("invalid_arguments", ["errors must name input blocks of the view by block_id"])
    return errors


async def _outcome(delivery: Delivery) -> Outcome:
    await delivery.settled()
    if delivery.acked is not None:
        return Outcome(ack_seconds=delivery.acked.ack_seconds)
    is_late = bool(delivery.envelopes) and delivery.failure in (TIMEOUT, HTTP_TIMEOUT)
    return Outcome(failure=OPERATION_TIMEOUT if is_late else DISPATCH_FAILED)
