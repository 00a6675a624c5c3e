"""What the doctor asks of the database, which it leaves as it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from bot.doctor.findings import Finding, fault, ok
from bot.errors import SettingsError, StoreError
from bot.settings import Settings
from bot.store.encryption import cipher_of
from bot.store.engine import engine_of
from bot.store.inspection import Inspection, inspect
from bot.store.installations import Installation, Installations

# Slack is asked about each, one after the other.
MOST_INSTALLATIONS = 100


_UNSEEN = Inspection(is_current=False)


@dataclass(frozen=True)
class DatabaseReport:
    """How the database is, and what is in it."""

    finding: Finding
    content: Inspection = _UNSEEN


async def inspect_database(url: str) -> DatabaseReport:
    """Whether the database can be used and is not older than the code, and what has arrived so far."""
    try:
        engine = engine_of(url)
    except StoreError as error:
        return DatabaseReport(fault(str(error)))
    try:
        file = Path(engine.url.database) if engine.dialect.name == "sqlite" and engine.url.database else None
        if file is not None and not file.exists():
            return DatabaseReport(_new_file_finding(file))
        content = await inspect(engine)
    except StoreError as error:
        return DatabaseReport(fault(str(error)))
    finally:
        await engine.dispose()
    where = engine.url.render_as_string(hide_password=True)
    if not content.is_current:
        return DatabaseReport(ok(f"The database {where} will be brought up to date by the next peo-aso run."))
    return DatabaseReport(ok(f"The database {where} is there and up to date."), content)


async def inspect_installations(settings: Settings) -> tuple[list[Finding], list[Installation]]:
    """What is wrong with the tokens of many workspaces in a database that is current; and the newest installations."""
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
