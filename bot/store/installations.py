"""Who has installed the bot: slack_sdk's tables and stores, with encrypted tokens and one row a workspace.

A row with a ``team_id`` is a workspace; one without is an organization (Enterprise Grid) that has installed the bot for
all of its workspaces. Token rotation is off in the manifest, so tokens do not expire and nothing here renews them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore, SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy import (
    ColumnElement,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    delete,
    desc,
    insert,
    or_,
    select,
    type_coerce,
    update,
)

from bot.errors import SettingsError
from bot.settings import Settings
from bot.store.encryption import EncryptedText, cipher_of
from bot.store.engine import Database, insert_into, transaction
from bot.store.store import open_store

# An address with a token in it is a token.
SECRET_COLUMNS = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token", "incoming_webhook_url")
# Seconds between "Add to Slack" and the return from Slack.
STATE_SECONDS = 600
_STATE = re.compile(r"[0-9]{1,12}\.[A-Za-z0-9_-]{1,100}\.[0-9a-f]{64}")

# The tables as the migrations make them. Ciphertext is longer than slack_sdk's columns for tokens.
metadata = MetaData()


def _with_secrets(table: Table, kind: Text | EncryptedText) -> Table:
    for name in SECRET_COLUMNS:
        if name in table.c:
            table.c[name].type = kind
    return table


for _table in (
    SQLAlchemyInstallationStore.build_installations_table(metadata, "slack_installations"),
    SQLAlchemyInstallationStore.build_bots_table(metadata, "slack_bots"),
    AsyncSQLAlchemyOAuthStateStore.build_oauth_states_table(metadata, "slack_oauth_states"),
):
    _with_secrets(_table, Text())


class Installations(AsyncSQLAlchemyInstallationStore):
    """The installations of one Slack app.

    Args:
        client_id: Of the app.
        cipher: Encrypts and decrypts the tokens.
    """

    def __init__(self, client_id: str, engine: Database, cipher: MultiFernet) -> None:
        # What slack_sdk would do with an engine of its own kind is all overridden.
        super().__init__(client_id, engine)  # type: ignore[arg-type]
        self._cipher = cipher
        for table in self._tables:
            _with_secrets(table, EncryptedText(cipher))

    @property
    def _tables(self) -> tuple[Table, Table]:
        return self.installations, self.bots

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation in the place of the earlier ones of this workspace or organization.

        Raises:
            StoreError: The database cannot be used.
        """
        # Who installed the bot is nobody's business afterwards, and nothing needs it.
        installation.user_id = ""
        if installation.is_enterprise_install and installation.enterprise_id:
            # Slack may also name the workspace where the installation began; the token is the organization's.
            installation.team_id = installation.team_name = None
        rows = zip(self._tables, (installation.to_dict(), installation.to_bot().to_dict()), strict=True)
        async with transaction(self.engine) as connection:
            for table, row in rows:
                await connection.execute(
                    delete(table).where(self._is_of(table, installation.team_id, installation.enterprise_id))
                )
                row["installed_at"] = _naive(row["installed_at"])
                await connection.execute(insert(table).values(client_id=self.client_id, **row))

    async def find(self, team_id: str | None, enterprise_id: str | None) -> Bot | None:
        """The installation that serves a workspace: its own or its organization's, whichever is newer.

        Args:
            team_id: None for what happens in an organization as a whole.
            enterprise_id: None for a workspace outside Enterprise Grid.

        Raises:
            StoreError: The database cannot be used, or no key fits the token.
        """
        c = self.bots.c
        # By the workspace alone where there is one: its id is unique, and it may have joined an organization since.
        serves = [c.team_id == team_id] if team_id else []
        if enterprise_id:
            serves.append(and_(c.team_id.is_(None), c.enterprise_id == enterprise_id))
        if not serves:
            return None
        return await self._newest(select(self.bots).where(c.client_id == self.client_id, or_(*serves)))

    async def own(self, team_id: str | None, enterprise_id: str | None) -> Bot | None:
        """The installation of just this workspace or, without ``team_id``, of this organization.

        Raises:
            StoreError: The database cannot be used, or no key fits the token.
        """
        query = select(self.bots).where(self._is_of(self.bots, team_id, enterprise_id))
        return await self._newest(query)

    async def everyone(self) -> list[Bot]:
        """All installations.

        Raises:
            StoreError: The database cannot be used, or no key fits a token.
        """
        query = select(self.bots).where(self.bots.c.client_id == self.client_id).order_by(self.bots.c.id)
        async with transaction(self.engine) as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [SQLAlchemyInstallationStore.build_bot_entity(row) for row in rows]

    async def _newest(self, query: Select[Any]) -> Bot | None:
        async with transaction(self.engine) as connection:
            newest_first = query.order_by(desc(self.bots.c.installed_at)).limit(1)
            row = (await connection.execute(newest_first)).mappings().first()
        return None if row is None else SQLAlchemyInstallationStore.build_bot_entity(row)

    async def forget(self, bot: Bot) -> None:
        """Delete an installation, and not the one that may have come into its place meanwhile.

        Raises:
            StoreError: The database cannot be used.
        """
        installed_at = _naive(datetime.fromtimestamp(bot.installed_at, UTC))
        async with transaction(self.engine) as connection:
            for table in self._tables:
                is_it = self._is_of(table, bot.team_id, bot.enterprise_id)
                await connection.execute(delete(table).where(is_it, table.c.installed_at <= installed_at))

    def _is_of(self, table: Table, team_id: str | None, enterprise_id: str | None) -> ColumnElement[bool]:
        c = table.c
        which = c.team_id == team_id if team_id else and_(c.team_id.is_(None), c.enterprise_id == enterprise_id)
        return and_(c.client_id == self.client_id, which)

    # Keys

    async def check_keys(self) -> None:
        """Check that every token can be read.

        Raises:
            SettingsError: Some cannot.
            StoreError: The database cannot be used.
        """
        unreadable, tokens = 0, await self._ciphertexts()
        for _, _, _, token in tokens:
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
        """Write every token anew under the first key.

        Returns:
            How many there are.

        Raises:
            SettingsError: Some cannot be read; none has been changed then.
            StoreError: The database cannot be used.
        """
        await self.check_keys()
        tokens = await self._ciphertexts()
        async with transaction(self.engine) as connection:
            for table, row, column, token in tokens:
                # One that has been replaced meanwhile is under the first key already.
                unchanged = type_coerce(table.c[column], Text) == token
                renewed = type_coerce(self._cipher.rotate(token).decode(), Text)
                await connection.execute(update(table).where(table.c.id == row, unchanged).values({column: renewed}))
        return len(tokens)

    async def _ciphertexts(self) -> list[tuple[Table, int, str, str]]:
        """Every token as it stands in the database: its table, row and column, and the ciphertext."""
        found = []
        async with transaction(self.engine) as connection:
            for table in self._tables:
                columns = [name for name in SECRET_COLUMNS if name in table.c]
                query = select(table.c.id, *(type_coerce(table.c[name], Text).label(name) for name in columns))
                for row in (await connection.execute(query.where(table.c.client_id == self.client_id))).mappings():
                    found += [(table, row["id"], name, row[name]) for name in columns if row[name] is not None]
        return found


class States(AsyncSQLAlchemyOAuthStateStore):
    """Ties the return from Slack to the browser that began the installation: good once, for ten minutes.

    A state is signed rather than kept, so that setting out costs nothing; the store keeps those that were used.

    Args:
        engine: Where used states are kept until they expire.
        secret: Signs them; the same for all replicas.
    """

    def __init__(self, engine: Database, secret: str) -> None:
        super().__init__(STATE_SECONDS, engine)  # type: ignore[arg-type]
        self._key = secret.encode()

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """A new state."""
        unsigned = f"{int(time.time()) + STATE_SECONDS}.{secrets.token_urlsafe(16)}"
        return f"{unsigned}.{self._signature(unsigned)}"

    async def async_consume(self, state: str) -> bool:
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
        expire_at = _naive(datetime.fromtimestamp(expires_at, UTC))
        # The table takes a state twice, but not its number.
        used = insert_into(self.engine, self.oauth_states).values(
            id=int(signature[:7], 16), state=signature, expire_at=expire_at
        )
        async with transaction(self.engine) as connection:
            return (await connection.execute(used.on_conflict_do_nothing())).rowcount > 0

    def _signature(self, unsigned: str) -> str:
        return hmac.new(self._key, f"oauth state {unsigned}".encode(), hashlib.sha256).hexdigest()


def _naive(utc: datetime) -> datetime:
    """As slack_sdk's columns hold it: UTC without saying so."""
    return utc.replace(tzinfo=None)


async def reencrypt_tokens(settings: Settings) -> int:
    """Write every token of this installation anew under the first key: see `Installations.reencrypt`."""
    if not settings.slack_client_id:
        raise SettingsError("SLACK_CLIENT_ID is not set. Only a bot for many workspaces keeps their tokens.")
    cipher = cipher_of(settings.encryption_keys)
    async with open_store(settings) as store:
        return await Installations(settings.slack_client_id, store.engine, cipher).reencrypt()
