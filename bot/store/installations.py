"""Who has installed the bot, with encrypted tokens: one row for each workspace.

A row with a ``team_id`` is a workspace; one without is an organization (Enterprise Grid) that has installed the bot for
all of its workspaces. Token rotation is off in the manifest, so tokens do not expire and nothing here renews them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Index,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    and_,
    delete,
    desc,
    insert,
    or_,
    select,
    update,
)

from bot.errors import SettingsError
from bot.settings import Settings
from bot.store.encryption import cipher_of, decrypted
from bot.store.engine import Database, insert_into, transaction
from bot.store.store import open_store

# Seconds between "Add to Slack" and the return from Slack.
STATE_SECONDS = 600
_STATE = re.compile(r"[0-9]{1,12}\.[A-Za-z0-9_-]{1,100}\.[0-9a-f]{64}")

metadata = MetaData()

# Times are UTC without saying so. The columns that nothing here fills are those of earlier versions.
bots = Table(
    "slack_bots",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client_id", String(32), nullable=False),
    Column("app_id", String(32), nullable=False),
    Column("enterprise_id", String(32)),
    Column("enterprise_name", String(200)),
    Column("team_id", String(32)),
    Column("team_name", String(200)),
    Column("bot_token", Text),
    Column("bot_id", String(32)),
    Column("bot_user_id", String(32)),
    Column("bot_scopes", String(1000)),
    Column("bot_refresh_token", Text),
    Column("bot_token_expires_at", DateTime),
    Column("is_enterprise_install", Boolean, nullable=False),
    Column("installed_at", DateTime, nullable=False),
    Index("slack_bots_idx", "client_id", "enterprise_id", "team_id", "installed_at"),
)
# States that were used, until they expire.
oauth_states = Table(
    "slack_oauth_states",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", String(200), nullable=False),
    Column("expire_at", DateTime, nullable=False),
)
_OWN_COLUMNS = ("app_id", "team_id", "enterprise_id", "is_enterprise_install", "bot_id", "bot_user_id")


@dataclass(frozen=True)
class Installation:
    """The bot in a workspace or organization. Who installed it is nobody's business afterwards, and is not stored.

    Attributes:
        team_id: None for an organization, whatever workspace Slack names as the place where the installation began.
        bot_scopes: What was granted.
        installed_at: Seconds since the epoch.
    """

    app_id: str
    team_id: str | None
    enterprise_id: str | None
    is_enterprise_install: bool
    bot_token: str
    bot_id: str | None
    bot_user_id: str | None
    bot_scopes: Sequence[str]
    installed_at: float


class Installations:
    """The installations of one Slack app. All methods raise `StoreError` if the database cannot be used.

    Args:
        client_id: Of the app.
        engine: Of the store.
        cipher: Encrypts and decrypts the tokens.
    """

    def __init__(self, client_id: str, engine: Database, cipher: MultiFernet) -> None:
        self._client_id = client_id
        self._engine = engine
        self._cipher = cipher
        self._is_ours = bots.c.client_id == client_id

    async def save(self, installation: Installation) -> None:
        """Store an installation in place of the earlier ones of this workspace or organization."""
        team_id = None if installation.is_enterprise_install and installation.enterprise_id else installation.team_id
        row = {name: getattr(installation, name) for name in _OWN_COLUMNS}
        row |= {
            "client_id": self._client_id,
            "team_id": team_id,
            "bot_token": self._cipher.encrypt(installation.bot_token.encode()).decode(),
            "bot_scopes": ",".join(installation.bot_scopes),
            "installed_at": _naive_utc(installation.installed_at),
        }
        async with transaction(self._engine) as connection:
            await connection.execute(delete(bots).where(self._is_of(team_id, installation.enterprise_id)))
            await connection.execute(insert(bots).values(row))

    async def find(self, team_id: str | None, enterprise_id: str | None) -> Installation | None:
        """The installation that serves a workspace: its own or its organization's, whichever is newer.

        Args:
            team_id: None for what happens in an organization as a whole.
            enterprise_id: None for a workspace outside Enterprise Grid.

        Raises:
            StoreError: No key fits the token.
        """
        c = bots.c
        # By the workspace alone if there is one: its id is unique, and it may have joined an organization since.
        serves = [c.team_id == team_id] if team_id else []
        if enterprise_id:
            serves.append(and_(c.team_id.is_(None), c.enterprise_id == enterprise_id))
        if not serves:
            return None
        return await self._newest(and_(self._is_ours, or_(*serves)))

    async def own(self, team_id: str | None, enterprise_id: str | None) -> Installation | None:
        """The installation of just this workspace or, without ``team_id``, of this organization.

        Raises:
            StoreError: No key fits the token.
        """
        return await self._newest(self._is_of(team_id, enterprise_id))

    async def everyone(self) -> list[Installation]:
        """All installations, the oldest first.

        Raises:
            StoreError: No key fits a token.
        """
        async with transaction(self._engine) as connection:
            rows = (await connection.execute(select(bots).where(self._is_ours).order_by(bots.c.id))).mappings().all()
        return [self._installation(row) for row in rows]

    async def _newest(self, which: ColumnElement[bool]) -> Installation | None:
        query = select(bots).where(which).order_by(desc(bots.c.installed_at)).limit(1)
        async with transaction(self._engine) as connection:
            row = (await connection.execute(query)).mappings().first()
        return None if row is None else self._installation(row)

    def _installation(self, row: RowMapping) -> Installation:
        return Installation(
            **{name: row[name] for name in _OWN_COLUMNS},
            bot_token=decrypted(self._cipher, row["bot_token"]) if row["bot_token"] else "",
            bot_scopes=tuple((row["bot_scopes"] or "").split(",")),
            installed_at=row["installed_at"].replace(tzinfo=UTC).timestamp(),
        )

    async def forget(self, installation: Installation) -> None:
        """Delete an installation, but not one that may have replaced it meanwhile."""
        is_it = self._is_of(installation.team_id, installation.enterprise_id)
        is_not_newer = bots.c.installed_at <= _naive_utc(installation.installed_at)
        async with transaction(self._engine) as connection:
            await connection.execute(delete(bots).where(is_it, is_not_newer))

    def _is_of(self, team_id: str | None, enterprise_id: str | None) -> ColumnElement[bool]:
        c = bots.c
        which = c.team_id == team_id if team_id else and_(c.team_id.is_(None), c.enterprise_id == enterprise_id)
        return and_(self._is_ours, which)

    # Keys

    async def check_keys(self) -> None:
        """Check that every token can be read.

        Raises:
            SettingsError: Some cannot.
        """
        unreadable, tokens = 0, await self._ciphertexts()
        for token in tokens.values():
            try:
                self._cipher.decrypt(token)
            except InvalidToken:
                unreadable += 1
        if unreadable:
            raise SettingsError(
                f"ENCRYPTION_KEYS cannot read {unreadable} of the {len(tokens)} tokens in the database. "
                "Add the key that they were written under, behind the others."
            )

    async def reencrypt(self) -> int:
        """Encrypt every token again under the first key.

        Returns:
            How many there are.

        Raises:
            SettingsError: Some cannot be read; none has been changed then.
        """
        await self.check_keys()
        tokens = await self._ciphertexts()
        async with transaction(self._engine) as connection:
            for row_id, token in tokens.items():
                # A token that was replaced meanwhile is under the first key already.
                is_unchanged = (bots.c.id == row_id) & (bots.c.bot_token == token)
                rotated = self._cipher.rotate(token).decode()
                await connection.execute(update(bots).where(is_unchanged).values(bot_token=rotated))
        return len(tokens)

    async def _ciphertexts(self) -> dict[int, str]:
        """Every token as it is in the database, by the id of its row."""
        query = select(bots.c.id, bots.c.bot_token).where(self._is_ours, bots.c.bot_token.is_not(None))
        async with transaction(self._engine) as connection:
            return {row_id: token for row_id, token in await connection.execute(query)}


class States:
    """Ties the return from Slack to the browser that began the installation: good once, for ten minutes.

    A state is signed rather than stored, so that setting out costs nothing; the store keeps those that were used.

    Args:
        engine: Of the store.
        secret: Signs them; the same for all replicas.
    """

    def __init__(self, engine: Database, secret: str) -> None:
        self._engine = engine
        self._key = secret.encode()

    def issue(self) -> str:
        """A new state."""
        unsigned = f"{int(time.time()) + STATE_SECONDS}.{secrets.token_urlsafe(16)}"
        return f"{unsigned}.{self._signature(unsigned)}"

    async def consume(self, state: str) -> bool:
        """Use up a state; whether it was good. In one statement, so that it is good once even for two at a time.

        Raises:
            StoreError: The database cannot be used.
        """
        # Anything may come in here, also what no column takes.
        if not _STATE.fullmatch(state):
            return False
        unsigned, _, signature = state.rpartition(".")
        expires_at = int(unsigned.partition(".")[0])
        if not hmac.compare_digest(signature, self._signature(unsigned)) or expires_at <= time.time():
            return False
        # The table takes a state twice, but not its number.
        used = insert_into(self._engine, oauth_states).values(
            id=int(signature[:7], 16), state=signature, expire_at=_naive_utc(expires_at)
        )
        async with transaction(self._engine) as connection:
            return (await connection.execute(used.on_conflict_do_nothing())).rowcount > 0

    def _signature(self, unsigned: str) -> str:
        return hmac.new(self._key, f"oauth state {unsigned}".encode(), hashlib.sha256).hexdigest()


def _naive_utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


async def reencrypt_tokens(settings: Settings) -> int:
    """Encrypt every token of this installation again under the first key: see `Installations.reencrypt`."""
    if not settings.slack_client_id:
        raise SettingsError("SLACK_CLIENT_ID is not set. Only a bot for many workspaces keeps their tokens.")
    cipher = cipher_of(settings.encryption_keys)
    async with open_store(settings) as store:
        return await Installations(settings.slack_client_id, store.engine, cipher).reencrypt()
