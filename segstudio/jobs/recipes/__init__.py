"""The papers' comparisons as data, and the runner that repeats them: `segstudio recipe NAME`.

`plan` says what a comparison is; `gray_adapter`, `mff` and `pseudo_depth` are the three, `catalogue` finds
them by name. `material` reads what teaches and what judges, `training` does one run (torch), `records` keeps
each run as a file of its own, `claims` lets several processes share one folder, `runner` is the job.
`statistics` and `table` say what came of it; neither knows torch.
"""
