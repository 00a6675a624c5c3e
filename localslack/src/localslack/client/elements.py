"""Buttons, menus and inputs in messages and views: https://docs.slack.dev/reference/block-kit/block-elements

Payloads: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from collections.abc import Callable

from localslack.block_kit import PlacedElement
from localslack.client.interaction import Interactions, Outcome
from localslack.client.on_screen import find_element, open_view
from localslack.interactivity import ResponseTarget
from localslack.model import Change, Choices, Message, Payload, User, View, ViewValues
from localslack.payloads import Payloads
from localslack.responses import Responses
from localslack.state import State, UserRef
from localslack.unread import Unread
from localslack.values import (
    Choice,
    chosen_value,
    has_state,
    initial_values,
    is_vote,
    with_value,
    without_votes,
)

# What a person chose in a message stays while the message is on somebody's screen; the oldest choices are dropped.
CHOICES_KEPT = 2_000


class Elements:
    """Lets people use the elements of messages and views."""

    def __init__(
        self,
        *,
        state: State,
        payloads: Payloads,
        interactions: Interactions,
        responses: Responses,
        unread: Unread,
        observe: Callable[[Change], None],
    ) -> None:
        self._state = state
        self._payloads = payloads
        self._interactions = interactions
        self._responses = responses
        self._unread = unread
        self._observe = observe
        # (channel id, ts, user id) -> what that person chose in that message.
        self._choices: dict[tuple[str, str, str], Choices] = {}

    async def click(
        self,
        user: UserRef,
        message: Message,
        *,
        action_id: str,
        value: Choice = None,
        block_id: str | None = None,
    ) -> Outcome:
        """Use an element of a message and wait for the ack.

        Args:
            user: The person who acts.
            message: Any copy of the message; its elements are looked up in its present state.
            action_id: Which element.
            value: For a menu the value of the option (a list of them for a multi-select), for feedback buttons the
                value of one, for pickers and inputs what is entered. For a button None, or its value where several
                share an ``action_id``.
            block_id: Where several elements in different blocks share an ``action_id``.

        Raises:
            WorkspaceError: The message or the element is not there, or does not offer the value.
        """
        self._unread.start_now(message.channel_id)
        person, message = self._state.users.find(user), self._state.current(message)
        placed = find_element(message.blocks, person, action_id, value, block_id)
        chosen = chosen_value(placed.element, value)
        values = self._choose(person, message, placed, chosen)
        if not _is_sent(placed):
            return Outcome()
        payload = self._block_actions(person, placed, chosen) | self._place(person, message)
        return await self._interactions.send(payload | {"state": {"values": without_votes(values)}})

    def _choose(self, person: User, message: Message, placed: PlacedElement, chosen: Payload) -> ViewValues:
        """Record what a person chose in a message, and return everything that they have chosen there."""
        key = (message.channel_id, message.ts, person.id)
        before = self._choices.get(key)
        values = before.values if before else initial_values(message.blocks)
        if has_state(placed.element) or is_vote(chosen):
            values = with_value(values, placed.block_id, placed.action_id, chosen)
            self._remember(Choices(*key, values))
        return values

    def _place(self, person: User, message: Message) -> Payload:
        """The fields of a click that say in which message it was."""
        is_ephemeral = message.ephemeral_to is not None
        target = ResponseTarget(message.channel_id, person.id, message.ts, is_ephemeral)
        container: Payload = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel_id,
            "is_ephemeral": is_ephemeral,
        }
        # For other messages Slack does not always give it here, but in the message.
        if is_ephemeral and message.thread_ts is not None:
            container["thread_ts"] = message.thread_ts
        place: Payload = {
            "container": container,
            "channel": self._interactions.channel(message.channel_id),
            "response_url": self._responses.issue_url(target),
        }
        return place if is_ephemeral else place | {"message": self._payloads.message(message)}

    async def click_in_view(
        self, view: View, *, action_id: str, value: Choice = None, block_id: str | None = None
    ) -> Outcome:
        """Use an element of a modal or a Home tab and wait for the ack; arguments as of `click`.

        An element of an input block without ``dispatch_action`` is only filled in.
        """
        view, placed, chosen = self._filled(view, action_id, value, block_id)
        user = self._state.users[view.user_id]
        if not _is_sent(placed):
            return Outcome()
        payload = self._block_actions(user, placed, chosen) | {
            "container": {"type": "view", "view_id": view.id},
            "view": self._payloads.view(view),
        }
        return await self._interactions.send(payload)

    def fill_in(self, view: View, *, action_id: str, value: Choice, block_id: str | None = None) -> None:
        """Fill in an element of a view without telling the app yet; arguments as of `click`."""
        self._filled(view, action_id, value, block_id)

    def _filled(
        self, view: View, action_id: str, value: Choice, block_id: str | None
    ) -> tuple[View, PlacedElement, Payload]:
        view = open_view(self._state, view)
        placed = find_element(view.blocks, self._state.users[view.user_id], action_id, value, block_id)
        chosen = chosen_value(placed.element, value)
        if has_state(placed.element):
            view = self._state.views.fill_in(view, {placed.block_id: {placed.action_id: chosen}})
        return view, placed, chosen

    def _block_actions(self, user: User, placed: PlacedElement, chosen: Payload) -> Payload:
        action = {
            **chosen,
            "action_id": placed.action_id,
            "block_id": placed.block_id,
            "action_ts": self._state.ids.next_ts(),
        }
        return self._interactions.fields("block_actions", user) | {"actions": [action]}

    @property
    def choices(self) -> list[Choices]:
        """What people have chosen in the elements of messages."""
        return list(self._choices.values())

    def _remember(self, choices: Choices) -> None:
        self._choices[choices.channel_id, choices.ts, choices.user_id] = choices
        self._observe(Change("choices_made", choices))
        if len(self._choices) > CHOICES_KEPT:
            del self._choices[next(iter(self._choices))]


def _is_sent(placed: PlacedElement) -> bool:
    """Whether the app hears of it at once: what is in an input block waits for the submission."""
    return placed.block["type"] != "input" or bool(placed.block.get("dispatch_action"))
