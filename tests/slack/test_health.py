"""What operators are told: whether the bot can answer, what keeps it from that, and what it counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from bot.answering import AnswerService
from bot.errors import StoreError
from bot.live_answers import Answers
from bot.manifest import shipped_manifest
from bot.settings import Settings
from bot.slack.health import (
    CHECK_SECONDS,
    QUIET_SECONDS,
    SIGN_OF_LIFE_SECONDS,
    SILENT_SECONDS,
    Readiness,
    database_check,
    web_api_check,
)
from bot.slack.install.tokens import read_tokens
from bot.slack.metrics import Metrics
from bot.slack.run import connected_bot
from bot.slack.web_api import api_session, web_client
from localslack import CONNECTION, Workspace
from tests.scenarios.bot_with_a_bug import MARKER, BuggyAnswers

from .processes import bot_process, connected, environment_of, free_port, local_workspace, stopped

ASK = "#ask"
QUESTION = "Who handles unemployment claims?"


async def fine() -> str | None:
    return None


@pytest.fixture
def held(answers: AnswerService) -> Answers:
    return Answers(answers)


# Ready or not


async def test_ready_is_said_with_every_part_and_the_knowledge(held: Answers) -> None:
    report = await Readiness(held, {"slack": fine, "database": fine}).report()
    assert report.is_ready
    lines = report.text.splitlines()
    assert lines[:3] == ["ready", "slack: ok", "database: ok"]
    assert lines[3].startswith(f"knowledge: {len(held.current.knowledge.entries)} entries, version ")


async def test_not_ready_says_what_is_wrong(held: Answers) -> None:
    async def no_connection() -> str | None:
        return "not connected over Socket Mode"

    report = await Readiness(held, {"slack": no_connection, "database": fine}).report()
    assert not report.is_ready
    assert report.text.splitlines()[:2] == ["not ready", "slack: not connected over Socket Mode"]


async def test_a_database_that_is_gone_is_told_without_its_address(held: Answers) -> None:
    async def ping() -> None:
        raise StoreError("The database postgresql://db.internal cannot be used.")

    report = await Readiness(held, {"database": database_check(ping)}).report()
    assert not report.is_ready
    assert "database: cannot be reached" in report.text
    assert "internal" not in report.text


async def test_a_part_that_does_not_answer_is_not_waited_for(held: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.health.CHECK_SECONDS", 0.05)

    async def hang() -> str | None:
        await asyncio.sleep(CHECK_SECONDS)
        return None

    report = await Readiness(held, {"database": hang}).report()
    assert not report.is_ready
    assert "does not answer" in report.text


async def test_many_who_ask_at_once_cost_one_look(held: Answers) -> None:
    looks: list[None] = []

    async def look() -> str | None:
        looks.append(None)
        return None

    readiness = Readiness(held, {"database": look})
    await asyncio.gather(*(readiness.report() for _ in range(50)))
    assert len(looks) == 1


async def test_a_fault_that_leaves_most_working_is_named_and_the_bot_stays_ready(held: Answers) -> None:
    metrics = Metrics()
    notes = {"listeners": metrics.listener_note}
    assert (await Readiness(held, {"slack": fine}, notes).report()).text.startswith("ready\nslack: ok\nlisteners: ok")
    metrics.listener_failed("app_home_opened", "PackageNotFoundError")
    report = await Readiness(held, {"slack": fine}, notes).report()
    assert report.is_ready
    first, _, note, *_ = report.text.splitlines()
    assert first == "ready, with faults"
    assert note.startswith("listeners: app_home_opened ended in PackageNotFoundError 0 min ago")


async def test_a_web_api_that_stops_answering_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.health.QUIET_SECONDS", 0.0)
    monkeypatch.setattr("bot.slack.health.SILENT_SECONDS", 1.0)
    metrics, workspace = Metrics(), local_workspace()
    await workspace.start()
    async with api_session() as session:
        client = web_client(workspace.bot_token, workspace.api_url, session, metrics)
        check = web_api_check(metrics, client.auth_test)
        for answer in ("ratelimited", "token_revoked", "internal_error"):
            # Even a refusal is an answer, and one failure is forgiven.
            workspace.fail_next("auth.test", answer, retry_after_seconds=0)
            assert await check() is None
        await workspace.stop()
        async with asyncio.timeout(10):
            while not (fault := await check()):
                await asyncio.sleep(0.05)
    assert "Web API has not answered" in fault


def test_slack_is_asked_and_doubted_in_time_for_a_minute() -> None:
    """The probes of deploy/ ask every ten seconds."""
    assert QUIET_SECONDS + 2 * 10 <= SILENT_SECONDS
    assert SILENT_SECONDS + 10 + SIGN_OF_LIFE_SECONDS < 60


async def test_a_listener_that_fails_and_a_scope_that_is_missing_stand_in_the_readiness(
    answers: AnswerService,
) -> None:
    manifest = shipped_manifest()
    manifest["oauth_config"]["scopes"]["bot"].remove("groups:read")
    port = free_port()
    async with Workspace(manifest) as workspace:
        buggy = BuggyAnswers.over(answers)
        async with bot_with(settings_for(workspace, port=port), buggy) as session:
            await workspace.wait_connected()
            await workspace.open_home("maya")
            await workspace.settle()
            home = workspace.home("maya")
            assert home is not None
            await workspace.click_in_view(home, action_id="search", value=MARKER)
            await workspace.settle()
            status, text = await get(session, port, "/readyz")
    assert status == 200
    assert text.startswith("ready, with faults\n")
    assert "scopes: the app lacks groups:read (" in text
    assert "listeners: block_actions ended in RuntimeError" in text


# Over HTTP


def settings_for(workspace: Workspace, **more: Any) -> Settings:
    return Settings(
        slack_bot_token=SecretStr(workspace.bot_token),
        slack_app_token=SecretStr(workspace.app_token),
        slack_api_url=workspace.api_url,
        database_url=SecretStr("sqlite://"),
        **more,
    )


@asynccontextmanager
async def bot_with(settings: Settings, answers: AnswerService) -> AsyncIterator[aiohttp.ClientSession]:
    async with connected_bot(settings, read_tokens(settings), answers), aiohttp.ClientSession() as session:
        yield session


async def get(session: aiohttp.ClientSession, port: int, path: str) -> tuple[int, str]:
    async with session.get(f"http://127.0.0.1:{port}{path}") as response:
        return response.status, await response.text()


def values(page: str, name: str) -> dict[tuple[str, ...], float]:
    """The samples of one name, by the values of their labels, which are in the order of their names."""
    families = list(text_string_to_metric_families(page))
    return {
        tuple(sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
        if sample.name == name
    }


async def test_in_socket_mode_metrics_stand_beside_the_health(answers: AnswerService) -> None:
    port = free_port()
    async with local_workspace() as workspace, bot_with(settings_for(workspace, port=port), answers) as session:
        await workspace.wait_connected()
        await workspace.open_home("maya")
        await workspace.settle()
        status, page = await get(session, port, "/metrics")
        assert status == 200
        assert values(page, "peo_aso_ack_seconds_count") == {("200", "socket"): 1}
        assert values(page, "peo_aso_queue_length") == {(): 0}
        assert list(values(page, "peo_aso_knowledge")) == [(answers.knowledge.digest[:12],)]
        assert values(page, "process_resident_memory_bytes")[()] > 1e6


async def test_metrics_may_have_a_port_of_their_own(answers: AnswerService) -> None:
    port, metrics_port = free_port(), free_port()
    async with local_workspace() as workspace:
        settings = settings_for(workspace, port=port, metrics_port=metrics_port)
        async with bot_with(settings, answers) as session:
            assert (await get(session, metrics_port, "/metrics"))[0] == 200
            assert (await get(session, metrics_port, "/healthz"))[0] == 200
            assert (await get(session, port, "/metrics"))[0] == 404


async def test_errors_of_slack_are_counted_by_their_code(answers: AnswerService) -> None:
    port = free_port()
    async with local_workspace() as workspace, bot_with(settings_for(workspace, port=port), answers) as session:
        await workspace.wait_connected()
        workspace.fail_next("views.publish", "internal_error", status=500)
        workspace.fail_next("views.publish", "ratelimited", retry_after_seconds=0)
        for _ in range(2):
            await workspace.open_home("maya")
            await workspace.settle()
        _, page = await get(session, port, "/metrics")
        assert values(page, "peo_aso_slack_errors_total") == {("internal_error",): 1, ("ratelimited",): 1}


async def test_a_taken_port_for_metrics_costs_only_the_metrics(bot_folder: Path) -> None:
    async with local_workspace() as workspace:
        taken = workspace.api_url.rpartition(":")[2].partition("/")[0]
        environment = environment_of(workspace, METRICS_PORT=taken)
        async with bot_process(bot_folder, environment) as process:
            await connected(workspace, process)
            asked = await workspace.mention("maya", ASK, QUESTION)
            await workspace.next_message(ASK, asked.ts)
            result = await stopped(process)
    assert "METRICS_PORT" in result.stderr


# The connection to Slack

NOTICED_SECONDS = 60.0


async def until_status(session: aiohttp.ClientSession, port: int, wanted: int) -> str:
    """Ask for the readiness until it has the status that is wanted; its text then."""
    async with asyncio.timeout(NOTICED_SECONDS):
        while True:
            status, text = await get(session, port, "/readyz")
            if status == wanted:
                return text
            await asyncio.sleep(0.2)


async def test_a_connection_that_dies_without_a_word_is_noticed_told_and_made_anew(answers: AnswerService) -> None:
    port = free_port()
    async with local_workspace() as workspace, bot_with(settings_for(workspace, port=port), answers) as session:
        await until_status(session, port, 200)
        workspace.fail_next("apps.connections.open", "internal_error", times=1)
        workspace.go_silent()
        assert "slack: not connected" in await until_status(session, port, 503)
        await until_status(session, port, 200)
        asked = await workspace.mention("maya", ASK, QUESTION)
        assert "Unemployment claims" in (await workspace.next_message(ASK, asked.ts)).text


async def test_an_address_that_is_used_up_by_a_failed_handshake_is_not_tried_for_ever(answers: AnswerService) -> None:
    async with local_workspace() as workspace:
        workspace.fail_next(CONNECTION, "service_unavailable", status=503)
        async with bot_with(settings_for(workspace, port=0), answers):
            await workspace.wait_connected(NOTICED_SECONDS)
        assert len(workspace.traffic.calls("apps.connections.open")) == 3  # the check, and two addresses


async def test_a_connection_that_slack_takes_back_is_left_even_where_another_is_refused_at_first(
    answers: AnswerService,
) -> None:
    port = free_port()
    async with local_workspace() as workspace, bot_with(settings_for(workspace, port=port), answers) as session:
        await until_status(session, port, 200)
        workspace.fail_next("apps.connections.open", "internal_error")
        await workspace.refresh_connections()
        await until_status(session, port, 503)
        await until_status(session, port, 200)
        assert workspace.connection_count == 1


async def test_several_processes_share_the_events(answers: AnswerService) -> None:
    async with local_workspace() as workspace, bot_with(settings_for(workspace, port=0), answers):
        async with bot_with(settings_for(workspace, port=0), answers):
            assert workspace.connection_count == 2
            for _ in range(4):
                asked = await workspace.mention("maya", ASK, QUESTION)
                await workspace.next_message(ASK, asked.ts)
            assert {envelope.connection for envelope in workspace.traffic.events("app_mention")} == {1, 2}
        asked = await workspace.mention("maya", ASK, QUESTION)
        await workspace.next_message(ASK, asked.ts)
