"""The errors of the local workspace.

::

    WorkspaceError        a person, or a test playing one, did what Slack's client would not allow
    ApiError              an API call, a response_url body or an ack that Slack would refuse
"""

from collections.abc import Sequence


class WorkspaceError(Exception):
    """A person tried something that the Slack client does not offer.

    The message says what, where, and what to do.
    """


class ApiError(Exception):
    """A refusal with one of Slack's error codes.

    Attributes:
        code: Slack's error code, such as ``channel_not_found``.
        messages: Lines for ``response_metadata.messages``, each naming a place; may be empty.
        needed: The scope that is missing, for ``missing_scope`` only.
    """

    def __init__(self, code: str, messages: Sequence[str] = (), *, needed: str | None = None) -> None:
        super().__init__(code if not messages else f"{code}: {'; '.join(messages)}")
        self.code = code
        self.messages = tuple(messages)
        self.needed = needed
