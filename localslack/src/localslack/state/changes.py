"""Live subscriptions to the changes of a workspace."""

import asyncio

from localslack.model import Change

# A subscriber that does not read must not fill the memory: beyond this, its subscription ends.
CHANGES_KEPT_PER_SUBSCRIBER = 10_000


class Subscription:
    """An asynchronous iterator over the changes since it was created.

    It ends when it is closed, when the workspace stops, or when more than
    ``CHANGES_KEPT_PER_SUBSCRIBER`` changes wait to be read.
    """

    def __init__(self, publisher: "Publisher") -> None:
        self._publisher = publisher
        self._waiting: asyncio.Queue[Change | None] = asyncio.Queue()

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> Change:
        change = await self._waiting.get()
        if change is None:
            raise StopAsyncIteration
        return change

    def close(self) -> None:
        """End the iteration after the changes that are waiting."""
        self._publisher.remove(self)
        self._waiting.put_nowait(None)

    def put(self, change: Change) -> None:
        """Add a change, or end the subscription of somebody who does not read."""
        if self._waiting.qsize() >= CHANGES_KEPT_PER_SUBSCRIBER:
            self.close()
        else:
            self._waiting.put_nowait(change)


class Publisher:
    """Passes each change on to all subscriptions."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def publish(self, change: Change) -> None:
        """Pass on a change."""
        for subscription in list(self._subscriptions):
            subscription.put(change)

    def subscribe(self) -> Subscription:
        """A subscription from now on."""
        subscription = Subscription(self)
        self._subscriptions.append(subscription)
        return subscription

    def remove(self, subscription: Subscription) -> None:
        """Remove a subscription."""
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def close(self) -> None:
        """End all subscriptions."""
        for subscription in list(self._subscriptions):
            subscription.close()
