"""Fill: a connected region gets the class in hand."""

from segstudio.ui.canvas.tools.tool import Pointer, Tool


class FillTool(Tool):
    """One click, one edit."""

    def begin(self, at: Pointer) -> None:
        """Fill the region under the pointer."""
        self.session.fill_at(at.col, at.row)
