"""Corrections in, better weights and honest figures out (torch, except `settings`, `sources` and `metrics`).

`fine_tune` is the door. `sources` says what arrives, `holdout` and `sequences` keep some of it apart to judge
with, `words`, `cells`, `pixels` and `samples` cut patches where people have spoken, `augment` and `view` vary
them, `objective`, `losses` and `schedule` say what is wanted, `learner` and `optimise` take a step, `judge`
and `metrics` look at the hold-out, `trainer` drives them all as a generator of `reports`.

May import inference, mask, models and raster; never project: what it learns from arrives as values. Turned
down: loader processes (uint8 in memory and one feeder thread are faster on few cores) and a training
framework (one loop of ours fits on a page).
"""
