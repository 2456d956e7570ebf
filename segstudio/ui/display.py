"""How the scene is shown: a value that the layers panel makes and the canvas obeys."""

from dataclasses import dataclass
from typing import Literal

DepthFrom = Literal["model", "target"]
ViewMode = Literal["single", "side_by_side", "swipe"]


@dataclass(frozen=True, slots=True)
class DisplaySettings:
    """What is drawn over the image, and in how many panes.

    `mask_hidden` is the hide key: it covers every overlay, and forgets no other setting.
    `depth_from` says which depth is shown where there are both: the model's, or the target it learns from.
    `side_by_side` shows image | mask, and | depth when `show_depth` is on; in a single pane `show_doubt` and
    `show_depth` lie over the image instead of the mask.
    """

    mode: ViewMode = "single"
    mask_opacity: float = 0.55
    mask_hidden: bool = False
    show_doubt: bool = False
    show_depth: bool = False
    outline_only: bool = False
    depth_from: DepthFrom = "model"
