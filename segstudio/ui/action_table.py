"""Every action of the window in one table; menus, toolbar and the list of keys are made from it."""

from segstudio.ui.action_rows import EDIT_ROWS, FILE_ROWS, HELP_ROWS
from segstudio.ui.action_spec import (
    ActionSpec,
    class_row,
    mode_row,
    resize_brush,
    toggle_mask,
    toggle_outline,
    tool_row,
)
from segstudio.ui.words import mark

NUMBER_KEYS = 9

_TOOLS = (
    tool_row("pan", mark("actions", "Pan"), "V", mark("actions", "Move the view; hold Space with any tool")),
    tool_row(
        "brush", mark("actions", "Brush"), "B", mark("actions", "Paint the class; the right button erases")
    ),
    tool_row(
        "eraser", mark("actions", "Eraser"), "E", mark("actions", "Take back what was said about pixels")
    ),
    tool_row(
        "polygon", mark("actions", "Polygon"), "P", mark("actions", "Click the corners; double-click closes")
    ),
    tool_row("fill", mark("actions", "Fill"), "G", mark("actions", "Give a connected region another class")),
    tool_row("area", mark("actions", "Area"), "A", mark("actions", "Mark a rectangle to predict")),
    ActionSpec(
        "brush-smaller",
        "tools",
        mark("actions", "Smaller brush"),
        "[",
        "",
        "",
        lambda session, window: resize_brush(session, larger=False),
    ),
    ActionSpec(
        "brush-larger",
        "tools",
        mark("actions", "Larger brush"),
        "]",
        "",
        "",
        lambda session, window: resize_brush(session, larger=True),
    ),
)

_VIEW = (
    ActionSpec(
        "fit",
        "view",
        mark("actions", "Whole image"),
        "F",
        "fit",
        mark("actions", "Fit the image into the window"),
        lambda session, window: session.fit_requested.emit(),
        needs="image",
    ),
    ActionSpec(
        "zoom-in",
        "view",
        mark("actions", "Zoom in"),
        "Ctrl++ Ctrl+=",
        "",
        "",
        lambda session, window: session.zoom_requested.emit(1.5),
        needs="image",
    ),
    ActionSpec(
        "zoom-out",
        "view",
        mark("actions", "Zoom out"),
        "Ctrl+-",
        "",
        "",
        lambda session, window: session.zoom_requested.emit(1 / 1.5),
        needs="image",
    ),
    mode_row(
        "single", mark("actions", "One view"), "Ctrl+1", "single", mark("actions", "The mask over the image")
    ),
    mode_row(
        "side_by_side",
        mark("actions", "Side by side"),
        "Ctrl+2",
        "side-by-side",
        mark("actions", "Image and mask side by side, with depth where there is one"),
    ),
    mode_row(
        "swipe",
        mark("actions", "Swipe"),
        "Ctrl+3",
        "swipe",
        mark("actions", "Drag a line between image and mask"),
    ),
    ActionSpec(
        "hide-mask",
        "view",
        mark("actions", "Hide mask"),
        "H",
        "hide-mask",
        mark("actions", "See the image alone"),
        toggle_mask,
        needs="image",
        checkable=True,
    ),
    ActionSpec(
        "outline",
        "view",
        mark("actions", "Outlines only"),
        "O",
        "",
        "",
        toggle_outline,
        needs="image",
        checkable=True,
    ),
    ActionSpec(
        "theme",
        "view",
        mark("actions", "Light theme"),
        "",
        "",
        "",
        lambda session, window: window.toggle_theme(),
        checkable=True,
    ),
)

_CLASSES = (
    *(class_row(number) for number in range(1, NUMBER_KEYS + 1)),
    ActionSpec(
        "last-class",
        "classes",
        mark("actions", "Last class"),
        "X",
        "",
        "",
        lambda session, window: session.swap_class(),
        needs="project",
    ),
)

_MODEL = (
    ActionSpec(
        "predict-view",
        "model",
        mark("actions", "Predict the view"),
        "Ctrl+Return",
        "predict",
        mark("actions", "Run the model on what is on screen"),
        lambda session, window: session.predict("view"),
        needs="ready",
        short=mark("actions", "Predict"),
    ),
    ActionSpec(
        "predict-area",
        "model",
        mark("actions", "Predict the area"),
        "Ctrl+Alt+Return",
        "predict-area",
        mark("actions", "Run the model on the marked area"),
        lambda session, window: session.predict("area"),
        needs="area",
    ),
    ActionSpec(
        "predict-scene",
        "model",
        mark("actions", "Predict the whole scene"),
        "Ctrl+Shift+Return",
        "predict-scene",
        mark("actions", "Run the model on the whole image"),
        lambda session, window: session.predict("scene"),
        needs="ready",
    ),
    ActionSpec(
        "fine-tune",
        "model",
        mark("actions", "Fine-tune"),
        "Ctrl+T",
        "fine-tune",
        mark("actions", "Teach the model what you corrected"),
        lambda session, window: session.fine_tune(),
        needs="ready",
    ),
    ActionSpec(
        "network-view",
        "model",
        mark("actions", "What the network sees…"),
        "",
        "",
        mark("actions", "The bands a gray adapter has learned to make of the image"),
        lambda session, window: session.network.look(),
        needs="ready",
    ),
    ActionSpec(
        "cancel",
        "model",
        mark("actions", "Cancel the job"),
        "Ctrl+.",
        "",
        "",
        lambda session, window: session.cancel_job(),
        needs="job",
    ),
)

GROUPS: dict[str, str] = {
    "file": mark("actions", "File"),
    "edit": mark("actions", "Edit"),
    "tools": mark("actions", "Tools"),
    "classes": mark("actions", "Classes"),
    "view": mark("actions", "View"),
    "model": mark("actions", "Model"),
    "help": mark("actions", "Help"),
}
ACTIONS: tuple[ActionSpec, ...] = (*FILE_ROWS, *EDIT_ROWS, *_TOOLS, *_CLASSES, *_VIEW, *_MODEL, *HELP_ROWS)
# Keys the canvas handles by itself, for the list of keys.
CANVAS_KEYS: tuple[tuple[str, str], ...] = (
    ("Space", mark("actions", "Hold: move the view with any tool")),
    ("Wheel", mark("actions", "Zoom at the pointer")),
    ("Right-drag", mark("actions", "Erase to unlabelled")),
    ("Alt+click", mark("actions", "Pick the class under the pointer")),
    ("Esc", mark("actions", "Leave the polygon or area being drawn")),
)
