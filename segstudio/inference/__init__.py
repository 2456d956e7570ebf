"""Raster in, class ids, doubt and depth out, strip by strip (torch).

`windows` says where to look, `batches` reads and `preprocess` scales pixels (one function for prediction and
training), `ahead` does so in a thread beside the net, `blend` adds the overlapping answers, `device` knows
the machine, `predictor` drives them. May import models, mask and raster. Turned down: whole-scene score
arrays (12.8 GB for 20,000 x 20,000 x 8 classes) and loader processes (they fight the net for the same few
cores).
"""
