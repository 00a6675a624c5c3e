"""Tokens at rest: written under the first of ``ENCRYPTION_KEYS``, readable under all of them.

https://cryptography.io/en/latest/fernet
"""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr

from bot.errors import SettingsError, StoreError

_MAKE_ONE = "python3 -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"


def cipher_of(keys: SecretStr | None) -> MultiFernet:
    """Make the cipher.

    Args:
        keys: The keys with commas between them, the one to write with first.

    Raises:
        SettingsError: There is none, or one is no key; names its place, never its value.
    """
    given = [key.strip() for key in keys.get_secret_value().split(",") if key.strip()] if keys else []
    if not given:
        raise SettingsError(f"ENCRYPTION_KEYS is not set. Tokens are only kept encrypted; make a key with: {_MAKE_ONE}")
    ciphers = []
    for place, key in enumerate(given, start=1):
        try:
            ciphers.append(Fernet(key))
        except ValueError:
            which = f"key {place} of {len(given)}" if len(given) > 1 else "what it holds"
            fault = f"ENCRYPTION_KEYS cannot be used: {which} is not 32 bytes in URL-safe base64."
            raise SettingsError(f"{fault} Make a key with: {_MAKE_ONE}") from None
    return MultiFernet(ciphers)


def decrypted(cipher: MultiFernet, token: str) -> str:
    """A token in plain text.

    Raises:
        StoreError: None of the keys fits.
    """
    try:
        return cipher.decrypt(token).decode()
    except InvalidToken:
        raise StoreError(
            "A token in the database was written under a key that is not in ENCRYPTION_KEYS. "
            "Add that key behind the others."
        ) from None
