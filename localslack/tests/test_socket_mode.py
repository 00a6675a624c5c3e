"""Socket Mode: connections, acknowledgements, redelivery."""

import asyncio

import aiohttp
import pytest
from aiohttp import WSMsgType

from localslack import CONNECTION, Timing, Workspace
from localslack.transport.socket_mode import DisconnectReason
from support import IMPATIENT, Call, Manifest, Socket, connect_to

PING = {"type": "ping_of_a_test"}


async def test_a_connection_is_greeted(workspace: Workspace, socket: Socket) -> None:
    assert socket.hello["type"] == "hello"
    assert socket.hello["num_connections"] == 1
    assert socket.hello["connection_info"]["app_id"].startswith("A")
    assert socket.hello["debug_info"]["approximate_connection_time"] == 3_600
    assert workspace.connection_count == 1


@pytest.mark.parametrize("ticket", ["", "made-up"])
async def test_a_connection_needs_a_ticket(workspace: Workspace, session: aiohttp.ClientSession, ticket: str) -> None:
    url = workspace.api_url.replace("/api/", "/link")
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await session.ws_connect(url, params={"ticket": ticket})
    assert refusal.value.status == 401


async def test_a_ticket_opens_one_connection(workspace: Workspace, session: aiohttp.ClientSession, call: Call) -> None:
    url = (await call("apps.connections.open", token=workspace.app_token))["url"]
    async with session.ws_connect(url):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_the_eleventh_connection_is_sent_away(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    sockets = [await connect_to(workspace, session) for _ in range(11)]
    assert sockets[9].hello["num_connections"] == 10
    assert (sockets[10].hello["type"], sockets[10].hello["reason"]) == ("disconnect", "too_many_websockets")
    assert workspace.connection_count == 10
    for socket in sockets:
        await socket.connection.close()


async def test_an_ack_settles_a_delivery_and_its_latency_is_kept(workspace: Workspace, socket: Socket) -> None:
    delivery = await workspace.deliver(PING)
    envelope = await socket.receive_acked()
    await delivery.settled()
    [record] = workspace.traffic.envelopes
    assert delivery.acked is record
    assert record.envelope_id == envelope["envelope_id"]
    assert record.ack_seconds is not None
    assert 0 <= record.ack_seconds < 3


@pytest.mark.parametrize("timing", [IMPATIENT], ids=["impatient"])
async def test_an_event_without_an_ack_is_sent_three_times_more(workspace: Workspace, socket: Socket) -> None:
    delivery = await workspace.deliver(PING)
    envelopes = [await socket.receive() for _ in range(4)]
    await delivery.settled()
    assert [envelope["retry_attempt"] for envelope in envelopes] == [0, 1, 2, 3]
    assert [envelope["retry_reason"] for envelope in envelopes] == ["", "timeout", "timeout", "timeout"]
    assert len({envelope["payload"]["event_id"] for envelope in envelopes}) == 1
    assert len({envelope["envelope_id"] for envelope in envelopes}) == 4
    assert delivery.acked is None
    assert [record.ack_seconds for record in workspace.traffic.envelopes] == [None] * 4


@pytest.mark.parametrize("timing", [IMPATIENT], ids=["impatient"])
async def test_an_ack_of_a_redelivery_ends_it(workspace: Workspace, socket: Socket) -> None:
    delivery = await workspace.deliver(PING)
    await socket.receive()
    await socket.receive_acked()
    await delivery.settled()
    assert delivery.acked is delivery.envelopes[1]
    assert len(delivery.envelopes) == 2


async def test_frames_that_ack_nothing_are_passed_over(workspace: Workspace, socket: Socket) -> None:
    delivery = await workspace.deliver(PING)
    envelope = await socket.receive()
    for frame in ("not json", "[]", '{"envelope_id": "unknown"}', "{}"):
        await socket.connection.send_str(frame)
    await socket.connection.send_bytes(b"\x00")
    await socket.ack(envelope)
    await socket.ack(envelope)
    await delivery.settled()
    assert delivery.acked is not None


@pytest.mark.parametrize("timing", [IMPATIENT], ids=["impatient"])
async def test_commands_and_clicks_are_not_sent_again(workspace: Workspace, socket: Socket) -> None:
    outcome = await workspace.slash("maya", "#general", "/lunch", "hello")
    assert outcome.failure == "operation_timeout"
    envelope = await socket.receive()
    assert envelope["accepts_response_payload"] is True
    assert "retry_attempt" not in envelope
    assert len(workspace.traffic.envelopes) == 1


async def test_envelopes_take_turns_over_the_connections(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    sockets = [await connect_to(workspace, session) for _ in range(3)]
    for _ in range(2):
        for socket in sockets:
            await workspace.deliver(PING)
            await socket.receive_acked()
    assert [record.connection for record in workspace.traffic.envelopes] == [1, 2, 3, 1, 2, 3]
    for socket in sockets:
        await socket.connection.close()


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled"])
async def test_a_connection_told_to_go_gets_no_more_envelopes(
    workspace: Workspace, session: aiohttp.ClientSession, socket: Socket, reason: DisconnectReason
) -> None:
    await workspace.refresh_connections(reason)
    frame = await socket.receive()
    assert (frame["type"], frame["reason"]) == ("disconnect", reason)
    newer = await connect_to(workspace, session)
    await workspace.deliver(PING)
    assert (await newer.receive_acked())["type"] == "events_api"
    await newer.connection.close()


async def test_a_warned_connection_still_gets_envelopes(workspace: Workspace, socket: Socket) -> None:
    await workspace.refresh_connections("warning")
    assert (await socket.receive())["reason"] == "warning"
    await workspace.deliver(PING)
    assert (await socket.receive_acked())["type"] == "events_api"


async def test_an_event_waits_for_a_connection_that_comes_soon(
    manifest: Manifest, session: aiohttp.ClientSession
) -> None:
    async with Workspace(manifest, timing=Timing(retry_delays_seconds=(0.2,))) as workspace:
        delivery = await workspace.deliver(PING)
        socket = await connect_to(workspace, session)
        envelope = await socket.receive_acked()
        await delivery.settled()
        await socket.connection.close()
    assert envelope["retry_attempt"] == 1


async def test_an_event_that_finds_no_connection_is_given_up(workspace: Workspace) -> None:
    delivery = await workspace.deliver(PING)
    await delivery.settled()
    assert (delivery.acked, delivery.envelopes) == (None, [])


async def test_with_socket_mode_off_an_address_is_handed_out_with_a_warning_and_nothing_comes_over_it(
    manifest: Manifest, session: aiohttp.ClientSession
) -> None:
    manifest["settings"]["socket_mode_enabled"] = False
    async with Workspace(manifest) as workspace:
        headers = {"Authorization": f"Bearer {workspace.app_token}"}
        async with session.post(workspace.api_url + "apps.connections.open", headers=headers) as response:
            answer = await response.json()
        socket = await connect_to(workspace, session)
        delivery = await workspace.deliver(PING)
        await delivery.settled()
        await socket.connection.close()
    assert answer["ok"] is True
    assert answer["response_metadata"]["messages"] == ["[WARN] Socket Mode is not turned on."]
    assert (socket.hello["type"], delivery.envelopes) == ("hello", [])


async def test_waiting_for_the_app_ends_when_it_connects(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    waiting = asyncio.create_task(workspace.wait_connected())
    socket = await connect_to(workspace, session)
    await waiting
    await socket.connection.close()


async def test_waiting_for_an_app_that_does_not_come_ends_too(workspace: Workspace) -> None:
    with pytest.raises(TimeoutError):
        await workspace.wait_connected(timeout_seconds=0.01)


async def test_stopping_closes_connections_and_gives_up_deliveries(
    manifest: Manifest, session: aiohttp.ClientSession
) -> None:
    async with Workspace(manifest) as workspace:
        socket = await connect_to(workspace, session)
        delivery = await workspace.deliver(PING)
        await socket.receive()
    await delivery.settled()
    assert delivery.acked is None
    frame = await socket.connection.receive()
    assert frame.type in (WSMsgType.CLOSE, WSMsgType.CLOSED)


@pytest.mark.parametrize("timing", [IMPATIENT], ids=["impatient"])
async def test_a_connection_gone_silent_neither_sends_nor_hears(workspace: Workspace, socket: Socket) -> None:
    await socket.connection.ping(b"before")
    await workspace.deliver(PING)
    await socket.receive_acked()
    workspace.go_silent()
    delivery = await workspace.deliver(PING)
    await delivery.settled()
    assert delivery.acked is None
    with pytest.raises(TimeoutError):
        await socket.connection.receive(timeout=0.1)


async def test_the_opening_of_a_connection_can_be_made_to_fail(
    workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    workspace.fail_next(CONNECTION, "service_unavailable", status=503)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await connect_to(workspace, session)
    assert refusal.value.status == 503
    await (await connect_to(workspace, session)).connection.close()
