"""The long verbs: predict, fine-tune, evaluate, annotate from files, export, doctor.

The one landing where what the person sees (project, mask) and what the machine learns (training,
inference, models) meet. Every verb is a generator of frozen steps (`steps.py`), takes values (paths,
windows, ids, settings) and never live objects, knows neither Qt nor the command line, and may be closed
between two steps: `close()` runs its `finally`, which removes what was half written. Strips of a prediction
that were finished stay: `plan.py` says what makes two predictions the same, a project's ledger or
`partial.py` keeps what one of them has done, `estimate.py` tells what is left and what it will take.

torch is imported inside the functions that need it, so that naming a verb costs nothing. Turned down:
callbacks for progress (who stops whom becomes a question) and a job class with state (a generator is one).
"""
