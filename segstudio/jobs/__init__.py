"""The long verbs: predict, fine-tune, evaluate, annotate from files, export, doctor.

The one landing where what the person sees (project, mask) and what the machine learns (training,
inference, models) meet. Every verb is a generator of frozen steps (`steps.py`), takes values (paths,
windows, ids, settings) and never live objects, knows neither Qt nor the command line, and may be closed
between two steps: `close()` runs its `finally`, which removes what was half written.

torch is imported inside the functions that need it, so that naming a verb costs nothing. Turned down:
callbacks for progress (who stops whom becomes a question) and a job class with state (a generator is one).
"""
