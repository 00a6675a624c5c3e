"""``peo-aso demo``: the samples in the terminal, and an address that a page left open finds again."""

from __future__ import annotations

import socket

import pytest
from typer.testing import CliRunner

from bot.answering import AnswerService
from bot.cli import demo
from bot.cli.commands import app
from bot.errors import SettingsError


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_once_prints_the_samples_with_their_answers_and_ends() -> None:
    result = CliRunner().invoke(app, ["demo", "--once", "--no-browser"])
    assert result.exit_code == 0
    for _, question in demo.SAMPLE_QUESTIONS:
        assert question in result.output
    assert "The PEO manages unemployment claims." in result.output
    assert "#ask, without a mention" in result.output
    assert "only visible to you" in result.output
    assert "I have no answer to that" in result.output


def test_questions_are_taken_until_the_end_of_the_input_whatever_lines_are_empty() -> None:
    typed = "\n@bot who is liable for payroll taxes under a PEO?\n\n/peo-vs-aso whose rate is the SUTA rate?\n"
    result = CliRunner().invoke(app, ["demo", "--no-browser"], input=typed)
    assert result.exit_code == 0
    _, _, answers = result.output.partition("Or ask here.")
    assert "Payroll tax liability" in answers
    assert "State unemployment tax (SUTA) rate" in answers


async def test_without_a_port_it_takes_the_usual_one_or_else_a_free_one(
    answers: AnswerService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "USUAL_PORT", free_port())
    async with demo.bot_in_workspace(answers, port=None) as first:
        assert first.page_url == f"http://127.0.0.1:{demo.USUAL_PORT}/"
        async with demo.bot_in_workspace(answers, port=None) as second:
            assert second.page_url != first.page_url


async def test_a_port_that_is_taken_is_named(answers: AnswerService) -> None:
    async with demo.bot_in_workspace(answers) as first:
        port = int(first.page_url.rsplit(":", 1)[1].strip("/"))
        with pytest.raises(SettingsError, match=rf"Cannot listen on 127\.0\.0\.1:{port} .* another --port"):
            async with demo.bot_in_workspace(answers, port=port):
                raise AssertionError("It started all the same.")
