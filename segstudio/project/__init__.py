"""What is kept: a folder with project.db, predictions.db and versions/.

project.db (SQLite, WAL, synchronous FULL) holds what people said: images, classes, annotation, origin, depth
targets, the journal of all edits, review state, settings and runs. predictions.db holds what models said; one
writer thread fills it and it may be thrown away and made again; its ledger says which strips of a prediction
are finished. `Project` is the folder, `Document` one open
image and the only door for corrections. May import `mask`, `raster`, `errors` and of `models` the torch-free
`models.versions`.

Turned down: one file per image, overwritten in place (a crash leaves half a file, a transaction never
does); an undo stack in memory (lost with the window; the journal is the stack); one database for
both (a whole-scene prediction would make strokes wait); a pid file as lock (it outlives its process; the
system's own file lock does not).
"""
