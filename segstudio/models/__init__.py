"""Models: what can be chosen, how a net is built, and what becomes of it.

`cards`, `builtin`, `registry`, `plugins`, `input_spec` and `versions` tell what there is and are free of
torch, also through detours: the list of models is there before torch is. Builders are named by text
(`"segstudio.models.nets.mff:build_light"`) and looked up when a net is asked for, which is why no import
leads from there to `nets/`. Torch lives in `weights`, `measure` and `nets/`.

May import: raster, errors, shipped, numpy, safetensors' file format; not mask (a model's classes travel as
`ModelClass`, index = output channel).

Turned down: a class hierarchy of models (a card is data, a builder is a function); a second way in for
plugins (they give the same card and the same builder).
"""
