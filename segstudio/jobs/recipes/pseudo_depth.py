"""Paper 3: a mask and a depth decoder on one encoder, taught in stages."""

from segstudio.jobs.recipes.plan import Recipe, Row, Scale

_SCHEDULES = {
    "joint": ("two decoders, trained together", (0.6412, 0.15, 0.977)),
    "seg-copy-depth-both": ("seg, copy, depth, both", (0.7297, 0.3759, 0.9840)),
    "seg-copy-both": ("seg, copy, both", (0.7481, 0.4231, 0.9852)),
    "seg-depth-both": ("seg, depth, both", (0.7380, 0.3945, 0.9845)),
    "seg-both": ("seg, both", (0.7475, 0.4221, 0.9852)),
    "depth-copy-seg-both": ("depth, copy, seg, both (proposed)", (0.7789, 0.5052, 0.9974)),
    "depth-copy-both": ("depth, copy, both", (0.0136, 0.0061, 0.9103)),
    "depth-seg-both": ("depth, seg, both", (0.7737, 0.5012, 0.9870)),
    "depth-both": ("depth, both", (0.0085, 0.0103, 0.9094)),
}
"""Every schedule of the paper's two tables: title; mIoU, iIoU and accuracy."""


def _paper(mean_iou: float, iiou: float, accuracy: float) -> dict[str, float]:
    return {"mean_iou": mean_iou, "iiou": iiou, "accuracy": accuracy}


def _rows(card: str) -> tuple[Row, ...]:
    single = Row("single", "single decoder", card, _paper(0.7703, 0.48, 0.986), with_depth=False)
    staged = [
        Row(name, title, card, _paper(*figures), "single", settings={"schedule": name})
        for name, (title, figures) in _SCHEDULES.items()
    ]
    return (single, *staged)


PSEUDO_DEPTH = Recipe(
    name="pseudo-depth",
    paper="Staged learning of mask and pseudo-depth with two decoders (VOC 2012)",
    metrics=("mean_iou", "iiou", "accuracy"),
    small=Scale(
        rows=_rows("two-decoder-light"),
        settings={
            "steps": 60, "batch": 8, "patch_px": 256, "from_scratch": True, "learning_rate": 2e-3,
            "encoder_rate": 0.3, "loss": "focal", "view": "aerial", "evaluations": 6,
        },
        remarks=(
            "Procedural places with their true height; the encoder has seen other places of the same kind.",
            "Such places have no background: iIoU leaves the first class out.",
        ),
    ),
    full=Scale(
        rows=_rows("two-decoder-resnet50"),
        # batch, crop and epochs are ours: the paper states none
        settings={
            "epochs": 100, "batch": 16, "patch_px": 512, "from_scratch": True, "optimiser": "adam",
            "rate": "constant", "learning_rate": 1e-4, "encoder_rate": 1.0, "loss": "focal", "view": "photo",
            "evaluations": 100, "memory_mb": 16384,
        },
        judge_px=None,
        wants_encoder=True,
        remarks=("The paper names neither batch, crop nor epochs: 16, 512 px and 100 are ours.",),
    ),
)  # fmt: skip
