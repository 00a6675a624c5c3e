"""Answers the calls of the Web API: which methods there are, who may call them, and how they fail.

Methods: https://docs.slack.dev/reference/methods
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import formatdate
from typing import Any

from localslack.answers import Answer, error_body
from localslack.errors import ApiError
from localslack.failures import Failures
from localslack.manifest import AppManifest
from localslack.tokens import Tokens
from localslack.transport.traffic import ApiCallRecord, Traffic
from localslack.web_api.arguments import Arguments, Handler

_SECRET_ARGUMENTS = ("token",)


class WebApi:
    """Answers the app's calls.

    Args:
        bot_methods: Method name -> its handler, for the bot token.
        app_methods: The same for the app-level token.
        tokens: The only tokens that are accepted.
        manifest: Names the scopes.
        failures: The failures that a test has asked for.
        traffic: Gets a record of every call.
        clock: Seconds since the epoch, for the ``Date`` of the answers.
    """

    def __init__(
        self,
        *,
        bot_methods: Mapping[str, Handler],
        app_methods: Mapping[str, Handler],
        tokens: Tokens,
        manifest: AppManifest,
        failures: Failures,
        traffic: Traffic,
        clock: Callable[[], float],
    ) -> None:
        self._bot_methods = bot_methods
        self._app_methods = app_methods
        self._tokens = tokens
        self._manifest = manifest
        self._failures = failures
        self._traffic = traffic
        self._clock = clock
        self._finishing_late: set[asyncio.TimerHandle] = set()

    def stop(self) -> None:
        """Cancel the calls that were to be carried out late."""
        for timer in self._finishing_late:
            timer.cancel()
        self._finishing_late.clear()

    def call(self, method: str, token: str | None, arguments: Mapping[str, Any]) -> Answer:
        """Answer one call and record it.

        Args:
            method: Such as ``chat.postMessage``.
            token: From the Authorization header; without one, the ``token`` argument is used.
            arguments: From form, query and JSON together.
        """
        shown = {name: value for name, value in arguments.items() if name not in _SECRET_ARGUMENTS}
        record = ApiCallRecord(at=time.time(), method=method, arguments=shown)
        started = time.perf_counter()
        answer = self._answer(method, token or arguments.get("token"), Arguments(arguments))
        record.response, record.status = answer.body, answer.status
        record.seconds = time.perf_counter() - started
        self._traffic.add(record)
        return answer

    def _answer(self, method: str, token: str | None, arguments: Arguments) -> Answer:
        try:
            handler = self._authorized(method, token)
            failure = self._failures.take(method, arguments.optional("channel"))
            if failure is not None:
                if failure.is_done:
                    handler(arguments)
                elif failure.done_after_seconds is not None:
                    self._finish_late(failure.done_after_seconds, handler, arguments)
                return failure.answer
            body = {"ok": True, **handler(arguments)}
        except ApiError as error:
            body = error_body(error)
            if error.needed is not None:
                body |= {"needed": error.needed, "provided": ",".join(self._manifest.bot_scopes)}
        return Answer(200, self._headers(token), body)

    def _finish_late(self, seconds: float, handler: Handler, arguments: Arguments) -> None:
        def finish() -> None:
            self._finishing_late.discard(timer)
            # The app got its answer long ago, so a refusal can no longer be reported.
            with suppress(ApiError):
                handler(arguments)

        timer = asyncio.get_running_loop().call_later(seconds, finish)
        self._finishing_late.add(timer)

    def _authorized(self, method: str, token: str | None) -> Handler:
        """The handler of a method that this token may call."""
        handlers, others = self._bot_methods, self._app_methods
        if method not in handlers and method not in others:
            raise ApiError("unknown_method")
        if not token:
            raise ApiError("not_authed")
        if token in self._tokens.ended:
            raise ApiError(self._tokens.ended[token])
        if token not in (self._tokens.bot, self._tokens.app):
            raise ApiError("invalid_auth")
        if token == self._tokens.app:
            handlers = others
        if method not in handlers:
            raise ApiError("not_allowed_token_type")
        return handlers[method]

    def _headers(self, token: str | None) -> dict[str, str]:
        headers = {"Date": formatdate(self._clock(), usegmt=True)}
        if token == self._tokens.bot:
            headers["x-oauth-scopes"] = ",".join(self._manifest.bot_scopes)
        elif token == self._tokens.app:
            headers["x-oauth-scopes"] = "connections:write"
        return headers
