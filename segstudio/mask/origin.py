"""Who set an annotated pixel."""

from enum import IntEnum


class Origin(IntEnum):
    """Authorship of one annotated pixel, as stored in the origin plane and exported beside the mask."""

    NOBODY = 0
    ACCEPTED = 1
    BRUSH = 2
    TOOL = 3
    IMPORTED = 4
