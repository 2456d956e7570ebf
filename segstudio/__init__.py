"""segstudio: segment satellite scenes and street photos, correct the mask, teach the model.

Two stairs and a landing: what the person sees and corrects (raster, mask, project), what the machine
learns (models, inference, training), and `jobs`, the only place where the two meet. Arrows point down;
the order of the rooms is a contract in pyproject.toml that every check enforces.
"""
