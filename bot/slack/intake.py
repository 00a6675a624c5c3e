"""Questions are stored before Slack gets its ack, so what was acknowledged is never lost.

What is delivered twice (Slack's retries, a mention that is also delivered as a message, one event at two replicas, a
button pressed twice) has an idempotency key that was seen before, and is acknowledged without more.
"""

from __future__ import annotations

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.conversation.acceptance import Acceptance
from bot.conversation.steps import Conversation
from bot.errors import StoreError
from bot.slack.middleware import Before
from bot.slack.payloads.external import home_of
from bot.slack.payloads.place import Place
from bot.slack.payloads.questions import UserHash, parse_declined, parse_question

log = structlog.get_logger()

# Seconds after which Slack may send a request again that could not be stored.
RETRY_AFTER_SECONDS = 5


class Intake:
    """Looks at every request before the listeners.

    Events go on to Bolt's listeners, whatever is stored of them. A button or shortcut that asks something is done here.

    Args:
        acceptance: Takes in the questions.
        conversation: Knows who is external.
        user_hash: What a person of a workspace is called in the store.
        declines_external: People of other organizations get no answer.
    """

    def __init__(
        self, acceptance: Acceptance, conversation: Conversation, user_hash: UserHash, *, declines_external: bool
    ) -> None:
        self._acceptance = acceptance
        self._conversation = conversation
        self._user_hash = user_hash
        self._declines_external = declines_external

    async def look(self, request: AsyncBoltRequest) -> BoltResponse | None:
        """Store what is for the bot; the response, or None to go on to the listeners."""
        place = Place.of(request.context)
        try:
            return await self._take(request, place)
        except StoreError as error:
            # No ack: Slack sends it again, here or to another replica.
            log.error("question_not_accepted", reason=str(error), team=place.team_id)
            return BoltResponse(status=503, headers={"Retry-After": [str(RETRY_AFTER_SECONDS)]})

    async def _take(self, request: AsyncBoltRequest, place: Place) -> BoltResponse | None:
        body = request.body
        incoming = parse_question(body, place, self._user_hash)
        is_declined = await self._is_declined(request, place)
        if is_declined:
            incoming = parse_declined(body, incoming, place, self._user_hash)
        is_new = incoming is not None and await self._acceptance.accept(incoming)
        if body.get("type") == "event_callback":
            return None
        if incoming is None:
            return BoltResponse(status=200) if is_declined else None
        # A person who chose the shortcut waits for something to happen; its listener says why no reply comes.
        return None if incoming.question.surface == "shortcut" and not is_new else BoltResponse(status=200)

    async def _is_declined(self, request: AsyncBoltRequest, place: Place) -> bool:
        home = home_of(request.body) if self._declines_external else None
        return home is not None and await self._conversation.is_external(home, place.team_id, place.enterprise_id)


def register(app: AsyncApp, intake: Intake) -> None:
    """Put the intake before every listener."""
    app.middleware(Before(intake.look))
