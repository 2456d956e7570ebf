"""The papers' comparisons as data, and the runner that repeats them: `segstudio recipe NAME`.

`plan` says what a comparison is, `papers` holds the three. `material` reads what teaches and what judges
(`street_sets`: Cityscapes and VOC), `training` does one run (torch), `records` keeps each run as a file of
its own, `claims` lets several processes share one folder, `runner` is the job. `table` says what came of it,
with `statistics` and `costs`; none of these knows torch.
"""
