"""What all interactions have in common: the fields that say who acts and where, and the way to the app and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from localslack.errors import WorkspaceError
from localslack.interactivity import Triggers
from localslack.manifest import AppManifest
from localslack.model import Channel, Message, Payload, User
from localslack.payloads import Identity
from localslack.state import State
from localslack.tokens import Tokens
from localslack.transport.deliveries import HTTP_TIMEOUT, TIMEOUT, Deliveries, EnvelopeKind

DISPATCH_FAILED = "dispatch_failed"
OPERATION_TIMEOUT = "operation_timeout"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the person sees of an interaction.

    Attributes:
        ack_seconds: How long the app took to acknowledge; None when it did not in time.
        failure: What Slack tells the person: ``dispatch_failed`` (the app is not connected, or its
            answer is invalid), ``operation_timeout`` (no ack in time), ``unknown_command``; None when
            all went well.
        detail: What is wrong with an invalid answer.
        message: The message that the ack of a command showed.
        errors: block_id -> the error that a submission showed there.
    """

    ack_seconds: float | None = None
    failure: str | None = None
    detail: str = ""
    message: Message | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


class Interactions:
    """Builds what every interaction carries and sends it to the app.

    Args:
        manifest: Says whether the app hears of interactions at all.
        identity: The names of the workspace and the app.
        state: What the workspace holds.
        tokens: Says whether the organization installed the app.
        triggers: Gives trigger ids.
        deliveries: Carry the payloads.
    """

    def __init__(
        self,
        *,
        manifest: AppManifest,
        identity: Identity,
        state: State,
        tokens: Tokens,
        triggers: Triggers,
        deliveries: Deliveries,
    ) -> None:
        self._manifest = manifest
        self._identity = identity
        self._state = state
        self._tokens = tokens
        self._triggers = triggers
        self._deliveries = deliveries

    async def send(self, payload: Payload) -> Outcome:
        """Send an interaction and wait for the ack."""
        return (await self.deliver("interactive", payload))[0]

    async def deliver(self, kind: EnvelopeKind, payload: Payload) -> tuple[Outcome, Payload | None]:
        """Send a payload and wait for the ack.

        Returns:
            What the person sees of it, and what the ack carried; None when it carried nothing or did not come.
        """
        delivery = self._deliveries.deliver(kind, payload)
        await delivery.settled()
        if delivery.acked is not None:
            return Outcome(ack_seconds=delivery.acked.ack_seconds), delivery.acked.ack_payload
        is_late = bool(delivery.envelopes) and delivery.failure in (TIMEOUT, HTTP_TIMEOUT)
        return Outcome(failure=OPERATION_TIMEOUT if is_late else DISPATCH_FAILED), None

    def fields(self, kind: str, user: User) -> Payload:
        """The fields that interactions of every type have, with a new trigger id.

        Args:
            kind: The ``type``, such as ``block_actions``.
            user: The person who acts.

        Raises:
            WorkspaceError: The manifest has interactivity off.
        """
        if not self._manifest.interactivity:
            raise WorkspaceError(
                "The manifest has settings.interactivity off, so Slack tells the app of no click. Turn it on."
            )
        team_id, by_organization = self._identity.team_id, self._tokens.by_organization
        enterprise: Payload | None = None
        team: Payload = {"id": team_id, "domain": self._identity.team_domain}
        if self._identity.enterprise_id:
            enterprise = {"id": self._identity.enterprise_id, "name": self._identity.enterprise_name}
            team |= {"enterprise_id": enterprise["id"], "enterprise_name": enterprise["name"]}
        return {
            "type": kind,
            "token": "local-workspace",
            "api_app_id": self._identity.app_id,
            # With an installation for the whole organization, only the user says which workspace it is.
            "team": None if by_organization else team,
            "enterprise": enterprise,
            "is_enterprise_install": by_organization,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id or team_id},
            "trigger_id": self._triggers.issue(user.id),
        }

    def command_fields(self, user: User, channel: Channel) -> Payload:
        """The fields of a slash command that say who runs it and where, with a new trigger id."""
        return {
            "token": "local-workspace",
            "team_id": self._identity.team_id,
            "team_domain": self._identity.team_domain,
            "channel_id": channel.id,
            "channel_name": _channel_name(channel),
            "user_id": user.id,
            "user_name": user.name,
            "api_app_id": self._identity.app_id,
            **self._organization_in_form(),
            "trigger_id": self._triggers.issue(user.id),
        }

    def channel(self, channel_id: str) -> Payload:
        """The ``channel`` of an interaction."""
        return {"id": channel_id, "name": _channel_name(self._state.channels[channel_id])}

    def _organization_in_form(self) -> Payload:
        by_organization = {"is_enterprise_install": str(self._tokens.by_organization).lower()}
        if not self._identity.enterprise_id:
            return by_organization
        enterprise = {"enterprise_id": self._identity.enterprise_id, "enterprise_name": self._identity.enterprise_name}
        return by_organization | enterprise


def _channel_name(channel: Channel) -> str:
    """The name that payloads carry: Slack gives that of public channels only."""
    names = {"im": "directmessage", "group": "privategroup", "mpim": f"mpdm-{channel.name}-1"}
    return names.get(channel.kind, channel.name)
