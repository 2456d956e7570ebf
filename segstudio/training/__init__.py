"""Corrections in, better weights and honest figures out (torch, except `settings` and `metrics`).

`samples` cuts patches where people have spoken, `holdout` keeps some of their words apart to judge with,
`augment`, `losses` and `schedule` are what they are called, `trainer` drives them as a generator. May import
inference, mask, models and raster; never project: what it learns from arrives as values. Turned down: loader
processes (uint8 in memory and one feeder thread are faster on few cores) and a training framework (one loop
of ours fits on a page).
"""
