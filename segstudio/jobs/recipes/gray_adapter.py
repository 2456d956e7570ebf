"""Paper 1: a learned mix of one band to three against copying it three times."""

from segstudio.jobs.recipes.plan import Recipe, Row, Scale

_STACKED = {"accuracy": 0.868, "dice": 0.832, "loss": 0.388}
_ADAPTER = {"accuracy": 0.875, "dice": 0.841, "loss": 0.368}


def _rows(card: str) -> tuple[Row, ...]:
    return (
        Row("stacked", "stacked channels", card, _STACKED, stacked=True),
        Row("gray-adapter", "gray adapter", card, _ADAPTER, baseline="stacked"),
    )


GRAY_ADAPTER = Recipe(
    name="gray-adapter",
    paper="One-channel adapter for grayscale imagery, table 1 (MBRSC Dubai in gray, 1,136 patches of 256 px)",
    metrics=("accuracy", "dice", "loss", "mean_iou"),
    small=Scale(
        rows=_rows("gray:mff-light"),
        settings={
            "steps": 150, "batch": 8, "patch_px": 256, "from_scratch": True, "learning_rate": 2e-3,
            "encoder_rate": 0.3, "view": "aerial", "evaluations": 10,
        },
        remarks=("Loss: mean cross-entropy of the pixels that judge. Dice: macro.",),
    ),
    full=Scale(
        rows=_rows("gray:unet-inceptionresnetv2"),
        # optimiser, rate, batch and epochs are ours: the paper states none
        settings={
            "epochs": 100, "batch": 16, "patch_px": 256, "from_scratch": True, "optimiser": "adam",
            "rate": "constant", "learning_rate": 1e-4, "encoder_rate": 1.0, "view": "aerial", "loss": "ce",
            "evaluations": 100,
        },
        epoch_images=757,  # two thirds of the paper's 1,136 patches
        wants_encoder=True,
        remarks=(
            "Loss: mean cross-entropy of the pixels that judge. Dice: macro.",
            "The paper names no optimiser, rate, batch, epochs or split: Adam at 1e-4, 16, 100 and parts 7-9 "
            "of every tile are ours.",
        ),
    ),
)  # fmt: skip
