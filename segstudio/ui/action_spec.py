"""What a row of the action table is, and the handlers that are more than one call."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from segstudio.ui.display import ViewMode
from segstudio.ui.words import mark

if TYPE_CHECKING:
    from segstudio.ui.main_window import MainWindow
    from segstudio.ui.session import Session

Handler = Callable[["Session", "MainWindow"], object]
# When an action can be used; see `actions.py`.
Needs = Literal["nothing", "project", "image", "idle", "ready", "job", "undo", "redo", "area"]

_BRUSH_FACTOR = 1.25


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One row: `key` is the shortcut (more than one with a space between), `group` the menu it is in.

    Actions with a `choice` are switches of which one is on. A `local` key works only while the canvas has
    the focus.
    """

    id: str
    group: str
    text: str
    key: str
    icon: str
    tip: str
    handler: Handler
    needs: Needs = "nothing"
    choice: str = ""
    checkable: bool = False
    local: bool = False
    short: str = ""

    @property
    def keys(self) -> list[str]:
        """Every shortcut; the first one is shown."""
        return self.key.split()


def tool_row(name: str, text: str, key: str, tip: str) -> ActionSpec:
    """A tool: one of them is always in the hand."""

    def take(session: "Session", _: "MainWindow") -> None:
        session.set_tool(name)

    return ActionSpec(f"tool-{name}", "tools", text, key, name, tip, take, "image", "tool", checkable=True)


def mode_row(mode: ViewMode, text: str, key: str, icon: str, tip: str) -> ActionSpec:
    """A way to lay out the panes."""

    def show(session: "Session", _: "MainWindow") -> None:
        session.set_display(replace(session.display, mode=mode))

    return ActionSpec(f"mode-{mode}", "view", text, key, icon, tip, show, "image", "mode", checkable=True)


def class_row(number: int) -> ActionSpec:
    """A number key."""

    def take(session: "Session", _: "MainWindow") -> None:
        session.set_class_at_key(number)

    text = mark("actions", "Class {number}")
    return ActionSpec(f"class-{number}", "classes", text, str(number), "", "", take, needs="project")


def resize_brush(session: "Session", *, larger: bool) -> None:
    """One step of the brush, at least one pixel."""
    factor = _BRUSH_FACTOR if larger else 1 / _BRUSH_FACTOR
    radius = session.brush_radius_px
    step = round(radius * factor)
    session.set_brush_radius(step if step != radius else radius + (1 if larger else -1))


def toggle_mask(session: "Session", _: "MainWindow") -> None:
    """Hide every overlay, or show them again."""
    session.set_display(replace(session.display, mask_hidden=not session.display.mask_hidden))


def toggle_outline(session: "Session", _: "MainWindow") -> None:
    """Draw classes as outlines, or filled."""
    session.set_display(replace(session.display, outline_only=not session.display.outline_only))
