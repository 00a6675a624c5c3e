"""Modals and Home tabs: who has which open, and what is filled in."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from localslack.block_kit import limits
from localslack.errors import ApiError
from localslack.model import Change, ChangeKind, Payload, View, ViewValues
from localslack.state.ids import Ids
from localslack.values import initial_values


class Views:
    """The views of everybody in the workspace.

    Args:
        ids: Gives ids.
        observe: Called with every `Change`, at once.
    """

    def __init__(self, ids: Ids, observe: Callable[[Change], None]) -> None:
        self._ids = ids
        self._observe = observe
        self._modals: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def modals(self, user_id: str) -> list[View]:
        """The stack of modals on a person's screen, the top one last."""
        return list(self._modals.get(user_id, ()))

    def home(self, user_id: str) -> View | None:
        """A person's Home tab; None when the app has published none."""
        return self._homes.get(user_id)

    def find(self, view_id: str | None = None, external_id: str | None = None) -> View | None:
        """The view with this id, or this external_id; None when it is not open."""
        for view in self._all():
            if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
                return view
        return None

    def open(self, user_id: str, body: Payload) -> View:
        """Open a modal on a person's screen, on top of the ones that are open.

        Raises:
            ApiError: ``push_limit_reached``: three are open. ``duplicate_external_id``.
        """
        stack = self._modals.setdefault(user_id, [])
        if len(stack) >= limits.VIEW_STACK_DEPTH:
            raise ApiError("push_limit_reached")
        self._refuse_repeated_external_id(body, None)
        view = self._new_view(user_id, body, stack[-1] if stack else None)
        stack.append(view)
        self._tell("view_opened", view)
        return view

    def publish(self, user_id: str, body: Payload) -> View:
        """Publish a Home tab, which replaces the previous one."""
        former = self._homes.get(user_id)
        self._refuse_repeated_external_id(body, former)
        view = self._new_view(user_id, body, None)
        if former is not None:
            view = replace(view, id=former.id, root_view_id=former.root_view_id)
        self._homes[user_id] = view
        self._tell("home_published", view)
        return view

    def update(self, view: View, body: Payload) -> View:
        """Replace the body of an open view; values that were filled in stay where the elements still exist."""
        self._refuse_repeated_external_id(body, view)
        body = self._with_ids(body)
        fresh = initial_values(body["blocks"])
        kept = {
            block_id: {
                action_id: view.values.get(block_id, {}).get(action_id, value) for action_id, value in actions.items()
            }
            for block_id, actions in fresh.items()
        }
        return self._put(replace(view, body=body, hash=self._new_hash(), values=kept))

    def fill_in(self, view: View, values: ViewValues) -> View:
        """Record what a person has filled in or chosen."""
        merged = {block_id: dict(actions) for block_id, actions in view.values.items()}
        for block_id, actions in values.items():
            merged.setdefault(block_id, {}).update(actions)
        return self._put(replace(view, values=merged))

    def close(self, view: View) -> None:
        """Close a modal; the one below shows again."""
        self._modals[view.user_id].remove(view)
        self._tell("view_closed", view)

    def close_all(self, user_id: str) -> None:
        """Close all modals of a person."""
        for view in reversed(self.modals(user_id)):
            self.close(view)

    def _all(self) -> list[View]:
        return [*self._homes.values(), *(view for stack in self._modals.values() for view in stack)]

    def _put(self, view: View) -> View:
        if view.kind == "home":
            self._homes[view.user_id] = view
        else:
            stack = self._modals[view.user_id]
            place = next(index for index, open_view in enumerate(stack) if open_view.id == view.id)
            stack[place] = view
        self._tell("view_changed", view)
        return view

    def _new_view(self, user_id: str, body: Payload, below: View | None) -> View:
        body = self._with_ids(body)
        view_id = self._ids.new_id("V")
        return View(
            id=view_id,
            user_id=user_id,
            body=body,
            hash=self._new_hash(),
            root_view_id=below.root_view_id if below else view_id,
            previous_view_id=below.id if below else None,
            values=initial_values(body["blocks"]),
        )

    def _with_ids(self, body: Mapping[str, object]) -> Payload:
        blocks = body["blocks"]
        assert isinstance(blocks, list | tuple)  # the rules of Block Kit have seen it
        return {**body, "blocks": list(self._ids.with_ids(blocks))}

    def _new_hash(self) -> str:
        return f"{self._ids.next_ts()}.{self._ids.new_id('h')}"

    def _refuse_repeated_external_id(self, body: Payload, own: View | None) -> None:
        external_id = body.get("external_id")
        other = self.find(external_id=external_id) if external_id else None
        if other is not None and (own is None or other.id != own.id):
            raise ApiError("duplicate_external_id")

    def _tell(self, kind: ChangeKind, view: View) -> None:
        self._observe(Change(kind, view))
