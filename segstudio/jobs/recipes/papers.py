"""The three papers' comparisons, and how each is made small."""

from segstudio.jobs.recipes.plan import Recipe, Row, Scale, Values


def _gray_rows(card: str) -> tuple[Row, ...]:
    stacked = {"accuracy": 0.868, "dice": 0.832, "loss": 0.388}
    adapter = {"accuracy": 0.875, "dice": 0.841, "loss": 0.368}
    return (
        Row("stacked", "stacked channels", card, stacked, stacked=True),
        Row("gray-adapter", "gray adapter", card, adapter, baseline="stacked"),
    )


GRAY_ADAPTER = Recipe(
    name="gray-adapter",
    paper="One-channel adapter for grayscale imagery, table 1 (MBRSC Dubai in gray, 1,136 patches of 256 px)",
    metrics=("accuracy", "dice", "loss", "mean_iou"),
    small=Scale(
        rows=_gray_rows("gray:mff-light"),
        settings={
            "steps": 150, "batch": 8, "patch_px": 256, "from_scratch": True, "learning_rate": 2e-3,
            "encoder_rate": 0.3, "view": "aerial", "evaluations": 10,
        },
        remarks=("Loss: mean cross-entropy of the pixels that judge. Dice: macro.",),
    ),
    full=Scale(
        rows=_gray_rows("gray:unet-inceptionresnetv2"),
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

# mIoU per validation image, Cityscapes val
_PLAIN, _UNET, _BISENET, _BISENET_MFF = 0.77854, 0.57417, 0.65005, 0.66062
_MFF_VARIANTS = {
    "-entry": ("+ entry path", 0.78918),
    "-middle": ("+ middle path", 0.78570),
    "": ("+ both = MFF", 0.78990),
    "-nodilation": ("both, no dilation", 0.76440),
    "-nodilation-paths": ("both, ASPP alone dilated", None),
}
"""The paper's ablation by what is added to a card's name; the last is another reading of the one before."""


def _mff_row(
    card: str, title: str, figure: float | None, baseline: str | None = None, settings: Values | None = None
) -> Row:
    paper = {} if figure is None else {"mean_iou_per_image": figure}
    return Row(card, title, card, paper, baseline, settings=settings or {})


def _mff_rows(plain: str, full: str) -> tuple[Row, ...]:
    variants = [
        _mff_row(f"{full}{suffix}", title, figure, plain) for suffix, (title, figure) in _MFF_VARIANTS.items()
    ]
    return (_mff_row(plain, "DeepLabV3+ (no MFF)", _PLAIN), *variants)


def _bisenet_rows(settings: Values) -> tuple[Row, ...]:
    return (
        _mff_row("bisenet", "BiSeNet", _BISENET, settings=settings),
        _mff_row("bisenet-mff", "BiSeNet + MFF", _BISENET_MFF, "bisenet", settings),
    )


MFF = Recipe(
    name="mff",
    paper="Multi-path feature fusion for DeepLabV3+ and BiSeNet (Cityscapes val, mIoU per image)",
    metrics=("mean_iou_per_image", "mean_iou", "accuracy"),
    small=Scale(
        rows=(
            *_mff_rows("deeplabv3plus-light", "mff-light"),
            _mff_row("unet-light", "U-Net", _UNET, "deeplabv3plus-light"),
            *_bisenet_rows({}),
        ),
        settings={
            "steps": 90, "batch": 8, "patch_px": 256, "from_scratch": True, "learning_rate": 2e-3,
            "encoder_rate": 0.3, "evaluations": 9,
        },
        remarks=("An image judges by one window of at most 512 px, always the same.",),
    ),
    full=Scale(
        rows=(
            *_mff_rows("mff-xception65-none", "mff-xception65"),
            _mff_row("unet-resnet50", "U-Net", _UNET, "mff-xception65-none", {"learning_rate": 0.001}),
            *_bisenet_rows({"epochs": 240, "batch": 32, "learning_rate": 0.003}),
        ),
        settings={
            "epochs": 200, "batch": 8, "patch_px": 768, "from_scratch": True, "optimiser": "sgd",
            "rate": "poly", "learning_rate": 0.02, "encoder_rate": 1.0, "weight_decay": 4e-5, "loss": "ce",
            "evaluations": 200, "memory_mb": 32768,
        },
        judge_px=None,
        published="deeplabv3plus-xception65",
        remarks=(
            "The paper names no optimiser and its exponent is illegible: SGD with momentum 0.9, weight decay "
            "4e-5 and 0.9 are DeepLab's.",
            "U-Net's encoder is not named either: ResNet50.",
        ),
    ),
)  # fmt: skip

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


def _depth_rows(card: str, *, single: str) -> tuple[Row, ...]:
    """`single` is the card of the same net without its depth decoder."""
    return (
        Row("single", "single decoder", single, _depth_paper(0.7703, 0.48, 0.986)),
        *(
            Row(name, title, card, _depth_paper(*figures), "single", settings={"schedule": name})
            for name, (title, figures) in _SCHEDULES.items()
        ),
    )


def _depth_paper(mean_iou: float, iiou: float, accuracy: float) -> dict[str, float]:
    return {"mean_iou": mean_iou, "iiou": iiou, "accuracy": accuracy}


PSEUDO_DEPTH = Recipe(
    name="pseudo-depth",
    paper="Staged learning of mask and pseudo-depth with two decoders (VOC 2012)",
    metrics=("mean_iou", "iiou", "accuracy"),
    small=Scale(
        rows=_depth_rows("two-decoder-light", single="unet-light"),
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
        rows=_depth_rows("two-decoder-resnet50", single="unet@resnet50"),
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

RECIPES = {recipe.name: recipe for recipe in (GRAY_ADAPTER, MFF, PSEUDO_DEPTH)}
