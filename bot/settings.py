"""Everything that the environment decides; the only file that reads it.

A ``.env`` file in the working directory is read too; a real environment variable wins over it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from bot.errors import SettingsError

# Works for a checkout and for an installed wheel: `knowledge/` lies beside `bot/` in both.
SHIPPED_KNOWLEDGE = Path(__file__).resolve().parent.parent / "knowledge"


class Settings(BaseModel):
    """One field per environment variable of the same name in upper case; an empty one counts as not set.

    What is given by name wins over both.
    """

    # Not of pydantic-settings, whose import of asyncio alone takes a twentieth of what `ask` may take in memory.
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    # For many workspaces, in the place of a bot token.
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    # Where Slack and people's browsers reach the bot: https://host, without a path.
    public_url: str | None = None
    # Keys of the tokens in the store, with commas between them; the first one writes, all of them read.
    encryption_keys: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"

    # The channel that "Ask a person" posts to, by its id.
    help_channel: str | None = None

    # Whether people of other organizations are answered, in channels that Slack Connect shares with them.
    external_people: Literal["answer", "decline"] = "answer"

    knowledge_dir: Path = SHIPPED_KNOWLEDGE
    knowledge_extra_dir: Path | None = None

    # Where what was fitted is kept, in a folder of its own: https://specifications.freedesktop.org/basedir-spec
    xdg_cache_home: Path = Path("~/.cache")

    # Where /healthz and /readyz are served, and Slack's requests in HTTP mode.
    host: str = "127.0.0.1"
    port: int = Field(3000, ge=0, le=65_535)

    # Where /metrics is served, which are not for everybody. Without a port: in Socket Mode beside the health, in HTTP
    # mode nowhere, for there the whole world reaches PORT.
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(None, ge=0, le=65_535)

    # A password may stand in it.
    database_url: SecretStr = SecretStr("sqlite:///peo-aso.sqlite3")
    # Days that the words of questions without an answer are kept for the owners; 0 keeps none.
    retention_days: int = Field(90, ge=0, le=36_500)
    # Makes user ids unrecognizable in the store; without one, a key is made once and kept there.
    hash_key: SecretStr | None = Field(None, min_length=16)

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def cache_dir(self) -> Path | None:
        """The bot's own cache folder, which need not exist nor be writable; None for a user without a home."""
        try:
            return self.xdg_cache_home.expanduser() / "peo-aso"
        except RuntimeError:
            return None

    @model_validator(mode="before")
    @classmethod
    def _from_environment(cls, given: dict[str, Any]) -> dict[str, Any]:
        variables = {name.lower(): value for name, value in {**dotenv_values(".env"), **os.environ}.items() if value}
        return {**{name: variables[name] for name in cls.model_fields if name in variables}, **given}

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("external_people", mode="before")
    @classmethod
    def _lower_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("slack_api_url")
    @classmethod
    def _ends_in_slash(cls, value: str) -> str:
        # slack_sdk joins it with the method's name and would drop the last part of a path without a slash.
        return value if value.endswith("/") else f"{value}/"


def read_settings() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: A variable has a value that cannot be used; names the variable, never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = [f"{str(fault['loc'][0]).upper()} cannot be used: {fault['msg']}." for fault in error.errors()]
        raise SettingsError("\n".join(faults)) from None
