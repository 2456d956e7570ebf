"""The few separate windows; none of them is modal."""
