"""What docks hold: each panel shows a part of the session and asks it for changes."""
