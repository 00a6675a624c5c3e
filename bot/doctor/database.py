"""What the doctor asks of the database, which it leaves as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

from slack_sdk.oauth.installation_store import Bot
from sqlalchemy import func, select

from bot.doctor.findings import Finding, fault, ok
from bot.errors import SettingsError, StoreError
from bot.settings import Settings
from bot.store.encryption import cipher_of
from bot.store.engine import Database, engine_of, transaction
from bot.store.installations import Installations
from bot.store.migrating import check_schema
from bot.store.tables import channels, questions

# Slack is asked about each, one after the other.
MOST_INSTALLATIONS = 100


@dataclass(frozen=True)
class DatabaseReport:
    """How the database is.

    Attributes:
        finding: In words.
        is_current: Whether it has the tables of this code.
        listening: The channels that are to be answered without a mention, by workspace.
        last_asked: When something was last taken from Slack, by surface; seconds since the epoch.
    """

    finding: Finding
    is_current: bool = False
    listening: Mapping[str, Sequence[str]] = field(default_factory=dict)
    last_asked: Mapping[str, float] = field(default_factory=dict)


async def inspect_database(url: str) -> DatabaseReport:
    """Look whether the database can be used, is not older than the code, and what has arrived so far."""
    try:
        engine = engine_of(url)
    except StoreError as error:
        return DatabaseReport(fault(str(error)))
    try:
        file = Path(engine.url.database) if engine.dialect.name == "sqlite" and engine.url.database else None
        if file is not None and not file.exists():
            return DatabaseReport(_new_file_finding(file))
        return await _report(engine)
    except StoreError as error:
        return DatabaseReport(fault(str(error)))
    finally:
        await engine.dispose()


async def _report(engine: Database) -> DatabaseReport:
    where = engine.url.render_as_string(hide_password=True)
    async with transaction(engine) as connection:
        await connection.execute(select(1))
    try:
        await check_schema(engine)
    except StoreError:
        if engine.dialect.name != "sqlite":
            raise
        # It can be used, so that only the schema is old.
        return DatabaseReport(ok(f"The database {where} will be brought up to date by the next peo-aso run."))
    return DatabaseReport(
        ok(f"The database {where} is there and up to date."),
        is_current=True,
        listening=await _listening(engine),
        last_asked=await _last_asked(engine),
    )


async def inspect_installations(settings: Settings) -> tuple[list[Finding], list[Bot]]:
    """What is wrong with the tokens of many workspaces in a database that is current; and those that came last."""
    engine = None
    try:
        cipher = cipher_of(settings.encryption_keys)
        engine = engine_of(settings.database_url.get_secret_value())
        installations = Installations(settings.slack_client_id or "", engine, cipher)
        await installations.check_keys()
        return [], (await installations.everyone())[-MOST_INSTALLATIONS:][::-1]
    except (SettingsError, StoreError) as error:
        return [fault(str(error))], []
    finally:
        if engine is not None:
            await engine.dispose()


def _new_file_finding(file: Path) -> Finding:
    """Whether a file that is not there yet can be made; opening the database would make it."""
    try:
        with TemporaryFile(dir=file.parent):
            return ok(f"The database {file} will be made by the first peo-aso run.")
    except OSError as error:
        return fault(
            f"The database {file} cannot be made ({error.strerror}). Give DATABASE_URL a folder that is there and can "
            "be written to."
        )


async def _listening(engine: Database) -> dict[str, list[str]]:
    query = select(channels.c.team_id, channels.c.channel_id).where(channels.c.listens).order_by(channels.c.channel_id)
    found: dict[str, list[str]] = {}
    async with transaction(engine) as connection:
        for team_id, channel_id in await connection.execute(query):
            found.setdefault(team_id, []).append(channel_id)
    return found


async def _last_asked(engine: Database) -> dict[str, float]:
    # Of all workspaces: what an app is subscribed to is the same for all of them.
    last = select(questions.c.surface, func.max(questions.c.accepted_at)).group_by(questions.c.surface)
    async with transaction(engine) as connection:
        return {surface: at for surface, at in await connection.execute(last)}
