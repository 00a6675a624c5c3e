"""What the app answers to an interaction: in the ack of a command, or later through a response_url.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import time
from collections.abc import Mapping
from typing import Any

from localslack.answers import Answer, error_body
from localslack.content import Content, message_content
from localslack.errors import ApiError
from localslack.events import Events
from localslack.failures import RESPONSE_URL, Failures
from localslack.interactivity import ResponseTarget, ResponseTargets
from localslack.model import Message, Payload
from localslack.origin import Origin
from localslack.payloads import Identity
from localslack.state import State
from localslack.transport.traffic import ResponseUrlRecord, Traffic

_STATUS = {"expired_url": 404, "used_url": 404}


class Responses:
    """Gives out response_urls and shows what the app sends to them.

    Args:
        targets: The urls given out.
        origin: Where the workspace is served.
        failures: The failures that a test has asked for.
    """

    def __init__(
        self,
        *,
        state: State,
        identity: Identity,
        targets: ResponseTargets,
        events: Events,
        traffic: Traffic,
        origin: Origin,
        failures: Failures,
    ) -> None:
        self._state = state
        self._identity = identity
        self._targets = targets
        self._events = events
        self._traffic = traffic
        self._origin = origin
        self._failures = failures

    def issue_url(self, target: ResponseTarget) -> str:
        """A new response_url for an interaction."""
        return f"{self._origin.url}/response/{self._targets.issue(target)}"

    def receive(self, secret: str, body: Mapping[str, Any] | None) -> Answer:
        """Handle one use of a response_url and record it.

        Args:
            secret: The last part of the url.
            body: None when the app sent something other than a JSON object.
        """
        record = ResponseUrlRecord(at=time.time(), body=dict(body or {}))
        started = time.perf_counter()
        answer = self._answer(secret, body)
        record.response, record.status = answer.body, answer.status
        record.seconds = time.perf_counter() - started
        self._traffic.add(record)
        return answer

    def _answer(self, secret: str, body: Mapping[str, Any] | None) -> Answer:
        failure = self._failures.take(RESPONSE_URL)
        if failure is not None:
            return failure.answer
        try:
            target = self._targets.find(secret)
            if body is None:
                raise ApiError("invalid_payload")
            self.show(target, body)
            target.uses += 1
        except ApiError as error:
            return Answer(_STATUS.get(error.code, 400), {}, error_body(error))
        return Answer(200, {}, {"ok": True})

    def show(self, target: ResponseTarget, body: Mapping[str, Any]) -> Message | None:
        """Show a response where it belongs.

        Args:
            target: Whose interaction it answers.
            body: With ``text``, ``blocks``, ``response_type``, ``replace_original``,
                ``delete_original``, ``thread_ts``.

        Returns:
            The message after the change; None after a deletion.

        Raises:
            ApiError: As of `message_content`; ``message_not_found`` when the original is gone.
        """
        if body.get("delete_original") in (True, "true"):
            self._delete_original(target)
            return None
        content = message_content(body)
        if body.get("replace_original") in (True, "true"):
            return self._replace_original(target, content)
        thread_ts = body.get("thread_ts") or None
        if body.get("response_type") == "in_channel":
            return self._post(target, content, thread_ts)
        message = self._state.ephemerals.show(
            target.channel_id,
            target.user_id,
            content.text,
            blocks=content.blocks or (),
            thread_ts=thread_ts,
        )
        if target.source_ts is None:
            # The first message that a command shows is the original that its later answers refer to.
            target.source_ts, target.source_is_ephemeral = message.ts, True
        return message

    def _post(self, target: ResponseTarget, content: Content, thread_ts: str | None) -> Message:
        message = self._state.messages.post(
            target.channel_id,
            content.text,
            user_id=self._identity.bot_user_id,
            bot_id=self._identity.bot_id,
            blocks=content.blocks or (),
            thread_ts=thread_ts,
        )
        self._events.posted(message)
        return message

    def _replace_original(self, target: ResponseTarget, content: Content) -> Message:
        original = self._original(target)
        if original.ephemeral_to is not None:
            return self._state.ephemerals.change(original, text=content.text, blocks=content.blocks or ())
        changed = self._state.messages.change(
            original, text=content.text, blocks=self._state.ids.with_ids(content.blocks or ())
        )
        self._events.changed(original, changed)
        return changed

    def _delete_original(self, target: ResponseTarget) -> None:
        original = self._original(target)
        if original.ephemeral_to is not None:
            self._state.ephemerals.remove(original)
            return
        tombstone = self._state.messages.delete(original)
        if tombstone is None:
            self._events.deleted(original)
        else:
            self._events.changed(original, tombstone)

    def _original(self, target: ResponseTarget) -> Message:
        original = None
        if target.source_ts is not None and target.source_is_ephemeral:
            original = self._state.ephemerals.get(target.channel_id, target.user_id, target.source_ts)
        elif target.source_ts is not None:
            original = self._state.messages.get(target.channel_id, target.source_ts)
        if original is None:
            raise ApiError("message_not_found")
        return original


def command_answer(ack: Payload | None) -> Payload | None:
    """The message in the ack of a command; None when the ack carries none.

    An ack that Bolt sends without a message carries an empty text.
    """
    if not ack or not (ack.get("text") or ack.get("blocks")):
        return None
    return ack
