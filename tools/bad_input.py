"""Bad input for either transport: what nobody should send and somebody will.

Its texts and names carry `MARKER`, so that a log that repeats any of them is found out.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
import hmac
import io
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlencode

import aiohttp

from bot.manifest import EVENTS_PATH

MARKER = "quokka"
# In the place of an id, which a log may hold.
_ODD_ID = "wombat"
AT_ONCE = 16
# A bot on a busy machine may ask for so many.
MOST_RETRIES = 10
# Slack's three, and what a busy machine needs.
PATIENCE_SECONDS = 30.0
SLOW_CLIENTS = 100
LARGE_BODIES = 100
_QUESTION_ID = "00000000-0000-4000-8000-000000000000"
_NEW_TYPES = ("something_new", "view_submission", "shortcut", "block_suggestion", "function_executed", _ODD_ID)

Json: TypeAlias = Any
# By kind of input, then by status; 0 where the server closed the connection without a word, 504 where it never
# answered.
Outcomes: TypeAlias = Counter[tuple[str, int]]


@dataclass(frozen=True)
class BadInput:
    """One request.

    Attributes:
        kind: What is bad about it.
        body: As it is sent.
        headers: Those of Slack, right or wrong.
    """

    kind: str
    body: bytes
    headers: dict[str, str]


def signed(body: bytes, kind: str, secret: str, *, age_seconds: float = 0) -> dict[str, str]:
    """The headers of a request that Slack signed."""
    timestamp = str(int(time.time() - age_seconds))
    signature = hmac.new(secret.encode(), b":".join((b"v0", timestamp.encode(), body)), hashlib.sha256).hexdigest()
    return {"Content-Type": kind, "X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={signature}"}


def payloads() -> list[dict[str, Any]]:
    """What Slack does send, to begin from."""
    message = {"type": "message", "channel": "D0MAYA", "channel_type": "im", "user": "U0MAYA", "text": MARKER}
    mention = {"type": "app_mention", "channel": "C0ASK", "user": "U0MAYA", "text": f"<@U0BOT> {MARKER}"}
    callback = {"type": "event_callback", "team_id": "T0LOCAL", "event_id": "Ev0", "api_app_id": "A0LOCAL"}
    action = {"type": "button", "action_id": "show_topic:0", "block_id": "b", "value": MARKER, "action_ts": "1.2"}
    click = {
        "type": "block_actions",
        "user": {"id": "U0MAYA", "username": MARKER, "team_id": "T0LOCAL"},
        "team": {"id": "T0LOCAL", "domain": MARKER},
        "enterprise": None,
        "container": {"type": "message", "channel_id": "C0ASK", "message_ts": "1.2", "is_ephemeral": False},
        "channel": {"id": "C0ASK", "name": MARKER},
        "message": {"type": "message", "text": MARKER, "ts": "1.2"},
        "trigger_id": "1.2.3",
        "actions": [action],
    }
    who = {name: click[name] for name in ("user", "team", "enterprise", "channel", "message", "trigger_id")}
    shortcut = who | {"type": "message_action", "callback_id": "answer_message", "message_ts": "1.2"}
    vote = {"type": "feedback_buttons", "action_id": "vote", "block_id": "b", "value": f"not_helpful|{_QUESTION_ID}"}
    menu = {"type": "overflow", "action_id": "reply_menu", "block_id": "b", "selected_option": {"value": MARKER}}
    home = {name: click[name] for name in ("type", "user", "team", "enterprise", "trigger_id")}
    home |= {"container": {"type": "view", "view_id": "V0"}, "view": {"id": "V0", "type": "home", "hash": "1"}}
    search = {"type": "plain_text_input", "action_id": "search", "block_id": "b", "value": MARKER}
    entered = {
        "topic": {"topic": {"type": "static_select", "selected_option": {"value": "peo"}}},
        "words": {"words": {"type": "plain_text_input", "value": MARKER}},
    }
    form = {"id": "V1", "type": "modal", "callback_id": "expected", "private_metadata": _QUESTION_ID}
    submission = home | {"type": "view_submission", "view": form | {"state": {"values": entered}}}
    mended = message | {"ts": "1700000000.000300", "text": f"{MARKER}?", "edited": {"user": "U0MAYA", "ts": "1.3"}}
    place = {"type": "message", "channel": "D0MAYA", "channel_type": "im", "ts": "1700000000.000400"}
    events: list[dict[str, Any]] = [
        message | {"ts": "1700000000.000100"},
        mention | {"ts": "1700000000.000200", "thread_ts": "1700000000.000100"},
        {"type": "app_home_opened", "user": "U0MAYA", "channel": "D0MAYA", "tab": "home"},
        place | {"subtype": "message_changed", "message": mended, "previous_message": message | {"ts": mended["ts"]}},
        place | {"subtype": "message_deleted", "deleted_ts": mended["ts"], "previous_message": mended},
        {"type": "member_joined_channel", "user": "U0MAYA", "channel": "C0ASK", "event_ts": "1700000000.000500"},
        # Of people; those of the bot are an uninstallation, which erases and takes its time.
        {"type": "tokens_revoked", "tokens": {"oauth": ["U0MAYA"]}},
    ]
    clicks = [click | {"actions": [one]} for one in (action, vote, menu)]
    return [
        *(callback | {"event": event} for event in events),
        *clicks,
        home | {"actions": [search]},
        home | {"actions": [action | {"action_id": "open_topic:0"}]},
        submission,
        shortcut,
    ]


def command() -> dict[str, str]:
    """A slash command as Slack sends it."""
    who = {"user_id": "U0MAYA", "user_name": MARKER, "channel_id": "C0ASK", "team_id": "T0LOCAL"}
    return {"command": "/peo-vs-aso", "text": MARKER, "trigger_id": "1.2.3", **who}


def bad_inputs(secret: str, count: int, seed: int = 0) -> Iterator[BadInput]:
    """Requests of all kinds, as many of each but for the large ones, of which there are `LARGE_BODIES`."""
    chance = random.Random(seed)
    makers = (_mutated, _odd_form, _garbled, _cut_off, _unknown, _unsigned, _wrongly_signed, _stale)
    for number in range(count - LARGE_BODIES):
        yield makers[number % len(makers)](chance, secret)
    for _ in range(LARGE_BODIES):
        body = json.dumps({"text": MARKER * 250_000}).encode()
        yield BadInput("larger than 1 MiB", body, signed(body, "application/json", secret))


def mutated_payloads(count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Payloads of Slack's, slash commands among them, each with a few odd values, and some with an odd type."""
    chance = random.Random(seed)
    for number in range(count):
        payload = _fuzzed(chance, [*payloads(), command()])
        if number % 8 == 0:
            payload["type"] = chance.choice(_NEW_TYPES)
        yield payload


def _fuzzed(chance: random.Random, whole: Sequence[dict[str, Any]]) -> dict[str, Any]:
    payload = copy.deepcopy(chance.choice(whole))
    for _ in range(chance.randint(1, 4)):
        _mutate(payload, chance)
    return payload


def _mutated(chance: random.Random, secret: str) -> BadInput:
    return _sent("fuzzed payload, signed", _fuzzed(chance, payloads()), chance, secret)


def _mutate(value: Json, chance: random.Random) -> None:
    """Replace, take away or add something somewhere in a structure."""
    places = [value]
    while chance.random() < 0.75:
        inner = [one for one in (places[-1].values() if isinstance(places[-1], dict) else places[-1]) if one]
        inner = [one for one in inner if isinstance(one, dict | list)]
        if not inner:
            break
        places.append(chance.choice(inner))
    place = places[-1]
    key = chance.choice(list(place) if isinstance(place, dict) else range(len(place))) if place else "more"
    if chance.random() < 0.25 and place:
        del place[key]
    elif isinstance(place, dict):
        place[key] = _oddity(chance)
    else:
        place.append(_oddity(chance))


def _oddity(chance: random.Random) -> Json:
    odd: list[Json] = [None, True, 0, -1, 1e308, "", [], {}, [[]], {"id": None}, _ODD_ID, f"{_ODD_ID}\0", "\ud800"]
    odd += [_ODD_ID * 5_000, [_ODD_ID] * 100, {_ODD_ID: {_ODD_ID: _ODD_ID}}, "<!channel>", "١٢٣", "\u202e", 2**70]
    return chance.choice(odd)


def _odd_form(chance: random.Random, secret: str) -> BadInput:
    form: dict[str, Any] = dict(command())
    for _ in range(chance.randint(1, 3)):
        form[chance.choice([*form, "payload", "ssl_check", "more"])] = str(_oddity(chance))
    for key in chance.sample(sorted(form), k=chance.randint(0, 3)):
        del form[key]
    body = urlencode(form, errors="replace").encode()
    return BadInput("fuzzed form, signed", body, signed(body, "application/x-www-form-urlencoded", secret))


def _garbled(chance: random.Random, secret: str) -> BadInput:
    body = bytearray(json.dumps(chance.choice(payloads())).encode())
    for _ in range(chance.randint(1, 20)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return BadInput("garbled bytes, signed", bytes(body), signed(bytes(body), "application/json", secret))


def _cut_off(chance: random.Random, secret: str) -> BadInput:
    whole = json.dumps(chance.choice(payloads())).encode()
    deep = b'{"a":' * chance.randint(1, 50_000) + MARKER.encode()
    body = deep if chance.random() < 0.2 else whole[: chance.randrange(len(whole))]
    return BadInput("broken JSON, signed", body, signed(body, "application/json", secret))


def _unknown(chance: random.Random, secret: str) -> BadInput:
    payload = copy.deepcopy(chance.choice(payloads()))
    place = payload["event"] if "event" in payload and chance.random() < 0.5 else payload
    place["type"] = chance.choice(_NEW_TYPES)
    return _sent("unknown type, signed", payload, chance, secret)


def _unsigned(chance: random.Random, _: str) -> BadInput:
    body = json.dumps(chance.choice(payloads())).encode()
    headers = {"Content-Type": chance.choice(["application/json", "text/plain", MARKER, "a/b; charset=quokka"])}
    if chance.random() < 0.5:
        headers |= {"X-Slack-Signature": chance.choice(["", "v0=", "v0=" + "g" * 64, MARKER, "v1=" + "0" * 64])}
        headers |= {"X-Slack-Request-Timestamp": chance.choice(["", "-1", "1e9", "9" * 5_000, MARKER])}
    return BadInput("no signature", body, headers)


def _wrongly_signed(chance: random.Random, secret: str) -> BadInput:
    body = json.dumps(chance.choice(payloads())).encode()
    made_for = body + b" " if chance.random() < 0.5 else body
    return BadInput("wrong signature", body, signed(made_for, "application/json", secret[:-1]))


def _stale(chance: random.Random, secret: str) -> BadInput:
    body = json.dumps(chance.choice(payloads())).encode()
    age = chance.choice([310, 3_600, 86_400 * 365, -3_600, -86_400])
    return BadInput("signed long ago or ahead", body, signed(body, "application/json", secret, age_seconds=age))


def _sent(kind: str, payload: dict[str, Any], chance: random.Random, secret: str) -> BadInput:
    if "event" not in payload and chance.random() < 0.8:
        body, content_type = urlencode({"payload": json.dumps(payload)}).encode(), "application/x-www-form-urlencoded"
    else:
        body, content_type = json.dumps(payload).encode(), "application/json"
    return BadInput(kind, body, signed(body, content_type, secret))


async def send_all(origin: str, secret: str, count: int, seed: int = 0) -> Outcomes:
    """Send bad input of all kinds to a bot at ``http://HOST:PORT``, a few at once; what became of it."""
    outcomes: Outcomes = Counter()
    room = asyncio.Semaphore(AT_ONCE)
    patience = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=patience) as session:

        async def send(one: BadInput) -> None:
            async with room:
                outcomes[one.kind, await _status(session, origin, one)] += 1

        most = count - 2 * SLOW_CLIENTS
        async with asyncio.TaskGroup() as group:
            for one in bad_inputs(secret, most - most // 10, seed):
                group.create_task(send(one))
        await _replay(session, origin, secret, most // 10, outcomes)
    host, port = origin.removeprefix("http://").split(":")
    async with asyncio.TaskGroup() as group:
        for number in range(SLOW_CLIENTS):
            group.create_task(_slow(host, int(port), number, outcomes))
    for number in range(SLOW_CLIENTS):
        outcomes["no HTTP", await _raw_status(host, int(port), [_garbage(number)], 0)] += 1
    return outcomes


async def _status(session: aiohttp.ClientSession, origin: str, one: BadInput) -> int:
    """Send as Slack does: again, after a pause, where the bot asks for that because it is busy."""
    for _ in range(MOST_RETRIES):
        status, retry_after_seconds = await _status_once(session, origin, one)
        if status != 503 or retry_after_seconds is None:
            break
        await asyncio.sleep(retry_after_seconds)
    return status


async def _status_once(session: aiohttp.ClientSession, origin: str, one: BadInput) -> tuple[int, float | None]:
    """The status, and the seconds of its ``Retry-After``."""
    try:
        # Wrapped, for aiohttp warns of a large body that it is given whole.
        body = io.BytesIO(one.body)
        async with session.post(f"{origin}{EVENTS_PATH}", data=body, headers=one.headers) as response:
            await response.read()
            retry_after = response.headers.get("Retry-After")
            return response.status, float(retry_after) if retry_after else None
    except aiohttp.ClientConnectionError:
        return 0, None
    except TimeoutError:
        return 504, None


async def _replay(session: aiohttp.ClientSession, origin: str, secret: str, count: int, outcomes: Outcomes) -> None:
    """Send one command again and again, to the letter."""
    body = urlencode(command()).encode()
    one = BadInput("replay", body, signed(body, "application/x-www-form-urlencoded", secret))
    first = await _status(session, origin, one)
    assert first == 200, f"the command itself was answered with {first}"
    for _ in range(count):
        outcomes[one.kind, await _status(session, origin, one)] += 1


def _garbage(number: int) -> bytes:
    odd = [b"\x16\x03\x01\x02\x00", b"GET", b"POST / HTTP/9.9", b"\0" * 100, b"PRI * HTTP/2.0", b"POST " + b"/" * 9_000]
    return odd[number % len(odd)] + MARKER.encode() + b"\r\n\r\n"


async def _slow(host: str, port: int, number: int, outcomes: Outcomes) -> None:
    head = f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: bot\r\nX-More: {MARKER}\r\n".encode()
    body = b"Content-Length: 1000\r\n\r\n" if number % 2 else b""
    outcomes[
        "slow", await _raw_status(host, port, [head + body, *[b"a" if number % 2 else b"X-A: b\r\n"] * 8], 0.5)
    ] += 1


async def _raw_status(host: str, port: int, parts: list[bytes], pause_seconds: float) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    answer = b""
    with suppress(ConnectionError):
        for part in parts:
            writer.write(part)
            await asyncio.sleep(pause_seconds)
            if reader.at_eof():
                break
        async with asyncio.timeout(10):
            answer = await reader.read()
    writer.close()
    return int(answer.split(b" ", 2)[1]) if answer else 0
