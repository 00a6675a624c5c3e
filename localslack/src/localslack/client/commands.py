"""Slash commands: https://docs.slack.dev/interactivity/implementing-slash-commands"""

from dataclasses import replace

from localslack.block_kit import limits
from localslack.client.interaction import DISPATCH_FAILED, Interactions, Outcome
from localslack.errors import ApiError, WorkspaceError
from localslack.interactivity import ResponseTarget
from localslack.manifest import AppManifest
from localslack.responses import Responses, command_answer
from localslack.state import ChannelRef, State, UserRef
from localslack.tokens import Tokens
from localslack.unread import Unread

UNKNOWN_COMMAND = "unknown_command"


class Commands:
    """Runs the slash commands that the manifest names."""

    def __init__(
        self,
        *,
        manifest: AppManifest,
        state: State,
        tokens: Tokens,
        interactions: Interactions,
        responses: Responses,
        unread: Unread,
    ) -> None:
        self._manifest = manifest
        self._state = state
        self._tokens = tokens
        self._interactions = interactions
        self._responses = responses
        self._unread = unread

    async def slash(self, user: UserRef, channel: ChannelRef, command: str, text: str = "") -> Outcome:
        """Run a slash command, as typed in the message box of a channel, and wait for the ack.

        The `Outcome` has what the ack showed, or what Slack tells the person instead.

        Raises:
            WorkspaceError: The person is not in the channel, or the text is too long.
        """
        person, place = self._state.users.find(user), self._state.channels.find(channel)
        if person.id not in place.members:
            raise WorkspaceError(f"{person.name} is not in {place.name or place.id}; join first.")
        if len(text) > limits.MESSAGE_TEXT_CHARACTERS:
            raise WorkspaceError(f"A command has at most {limits.MESSAGE_TEXT_CHARACTERS} characters.")
        self._unread.start_now(place.id)
        is_offered = command in self._manifest.commands and "commands" in self._manifest.bot_scopes
        if not is_offered or self._tokens.bot is None:
            return Outcome(failure=UNKNOWN_COMMAND, detail=f"{command} is not a valid command.")
        target = ResponseTarget(place.id, person.id)
        payload = self._interactions.command_fields(person, place) | {
            "command": command,
            "text": text.strip(),
            "response_url": self._responses.issue_url(target),
        }
        outcome, ack = await self._interactions.deliver("slash_commands", payload)
        answer = command_answer(ack)
        if answer is None:
            return outcome
        try:
            return replace(outcome, message=self._responses.show(target, answer))
        except ApiError as error:
            return replace(outcome, failure=DISPATCH_FAILED, detail=str(error))
