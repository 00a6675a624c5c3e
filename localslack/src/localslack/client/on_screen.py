"""What a person sees in blocks and can use."""

from collections.abc import Mapping

from localslack.block_kit import PlacedElement, interactive_elements
from localslack.errors import WorkspaceError
from localslack.model import Blocks, Payload, User, View, ViewValues
from localslack.state import State
from localslack.values import Choice, chosen_value, is_empty


def find_element(blocks: Blocks, user: User, action_id: str, choice: Choice, block_id: str | None) -> PlacedElement:
    """Find the element that a person uses.

    Raises:
        WorkspaceError: It does not exist, this person does not see it, or several match.
    """
    there = [
        placed
        for placed in interactive_elements(blocks)
        if user.id in placed.element.get("visible_to_user_ids", [user.id])
    ]
    found = [placed for placed in there if placed.action_id == action_id and block_id in (None, placed.block_id)]
    if len(found) > 1 and choice is not None:
        found = [placed for placed in found if _offers(placed.element, choice)]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(f"{placed.action_id} in {placed.block_id}" for placed in there) or "none"
    problem = "several elements have" if found else "there is no element with"
    raise WorkspaceError(f"For {user.name} {problem} the action_id {action_id!r}. There: {listed}.")


def _offers(element: Payload, choice: Choice) -> bool:
    try:
        chosen_value(element, choice)
    except WorkspaceError:
        return False
    return True


def filled_in(view: View, choices: Mapping[str, Choice]) -> ViewValues:
    """The values of a view after a person has entered these, by action_id.

    Raises:
        WorkspaceError: The view has no such element, or the element does not offer that.
    """
    user_sees = {placed.action_id: placed for placed in interactive_elements(view.blocks)}
    values: dict[str, dict[str, Payload]] = {}
    for action_id, choice in choices.items():
        if action_id not in user_sees:
            raise WorkspaceError(f"View {view.id} has no {action_id!r}. There: {', '.join(user_sees) or 'none'}.")
        placed = user_sees[action_id]
        values.setdefault(placed.block_id, {})[action_id] = chosen_value(placed.element, choice)
    return values


def refuse_missing(view: View) -> None:
    """Refuse a submission with empty fields, as Slack's client does.

    Raises:
        WorkspaceError: A field that is not optional is empty.
    """
    for placed in interactive_elements(view.blocks):
        if placed.block["type"] != "input" or placed.block.get("optional"):
            continue
        if is_empty(dict(view.values[placed.block_id][placed.action_id])):
            label = placed.block["label"]["text"]
            raise WorkspaceError(f"{label!r} ({placed.action_id}) must be filled in before submitting.")


def open_view(state: State, view: View) -> View:
    """The present state of a view.

    Raises:
        WorkspaceError: It is not open any more.
    """
    current = state.views.find(view.id)
    if current is None:
        raise WorkspaceError(f"View {view.id} is not open any more.")
    return current
