"""The window: all of Qt, and Qt nowhere else.

`session.Session` is the one door: widgets state intents through its methods and hear its signals; it holds no
arrays. `desk` is the state and the signals, `*_control` modules are the session's helpers, one per verb.
`job_runner` walks the generators of `jobs` in a worker thread; strips come back through `strip_feed`, a few
chunks between two paints. May import everything below, never `cli`, and torch only through `torch_preload`.

Turned down: Qt Designer files (layouts that cannot be read in a diff), QUndoStack (the history lies in the
project, not in the window), a thread per job (one at a time keeps the net's memory and the order of steps).
"""
