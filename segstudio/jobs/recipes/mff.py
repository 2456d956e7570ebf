"""Paper 2: several receptive fields for the low layers of DeepLabV3+ and BiSeNet."""

from segstudio.jobs.recipes.plan import Recipe, Row, Scale

# mIoU per validation image, Cityscapes val
_PLAIN, _ENTRY, _MIDDLE, _BOTH, _NO_DILATION = 0.77854, 0.78918, 0.78570, 0.78990, 0.76440
_UNET, _BISENET, _BISENET_MFF = 0.57417, 0.65005, 0.66062
_XCEPTION = "mff-xception65"
_BISENET_SETTINGS = {"epochs": 240, "batch": 32, "learning_rate": 0.003}


def _paper(mean_iou_per_image: float) -> dict[str, float]:
    return {"mean_iou_per_image": mean_iou_per_image}


_SMALL_ROWS = (
    Row("deeplabv3plus-light", "DeepLabV3+ (no MFF)", "deeplabv3plus-light", _paper(_PLAIN)),
    Row("mff-light-entry", "+ entry path", "mff-light-entry", _paper(_ENTRY), "deeplabv3plus-light"),
    Row("mff-light-middle", "+ middle path", "mff-light-middle", _paper(_MIDDLE), "deeplabv3plus-light"),
    Row("mff-light", "+ both = MFF", "mff-light", _paper(_BOTH), "deeplabv3plus-light"),
    Row(
        "mff-light-nodilation", "both, no dilation", "mff-light-nodilation", _paper(_NO_DILATION),
        "deeplabv3plus-light",
    ),
    Row(
        "mff-light-nodilation-paths", "both, ASPP alone dilated", "mff-light-nodilation-paths", {},
        "deeplabv3plus-light",
    ),
    Row("unet-light", "U-Net", "unet-light", _paper(_UNET), "deeplabv3plus-light"),
    Row("bisenet", "BiSeNet", "bisenet", _paper(_BISENET)),
    Row("bisenet-mff", "BiSeNet + MFF", "bisenet-mff", _paper(_BISENET_MFF), "bisenet"),
)  # fmt: skip


def _xception(key: str, title: str, figures: dict[str, float], **arguments: object) -> Row:
    return Row(key, title, _XCEPTION, figures, "deeplabv3plus-xception65", arguments)


_FULL_ROWS = (
    Row("deeplabv3plus-xception65", "DeepLabV3+ (no MFF)", _XCEPTION, _paper(_PLAIN), None, {"paths": ()}),
    _xception("mff-xception65-entry", "+ entry path", _paper(_ENTRY), paths=("entry",)),
    _xception("mff-xception65-middle", "+ middle path", _paper(_MIDDLE), paths=("middle",)),
    _xception("mff-xception65", "+ both = MFF", _paper(_BOTH)),
    _xception(
        "mff-xception65-nodilation", "both, no dilation", _paper(_NO_DILATION),
        dilated_paths=False, dilated_aspp=False,
    ),
    _xception("mff-xception65-nodilation-paths", "both, ASPP alone dilated", {}, dilated_paths=False),
    Row(
        "unet-resnet50", "U-Net", "unet-resnet50", _paper(_UNET), "deeplabv3plus-xception65",
        settings={"learning_rate": 0.001},
    ),
    Row("bisenet", "BiSeNet", "bisenet", _paper(_BISENET), settings=_BISENET_SETTINGS),
    Row("bisenet-mff", "BiSeNet + MFF", "bisenet-mff", _paper(_BISENET_MFF), "bisenet", None,
        settings=_BISENET_SETTINGS),
)  # fmt: skip

MFF = Recipe(
    name="mff",
    paper="Multi-path feature fusion for DeepLabV3+ and BiSeNet (Cityscapes val, mIoU per image)",
    metrics=("mean_iou_per_image", "mean_iou", "accuracy"),
    small=Scale(
        rows=_SMALL_ROWS,
        settings={
            "steps": 90, "batch": 8, "patch_px": 256, "from_scratch": True, "learning_rate": 2e-3,
            "encoder_rate": 0.3, "evaluations": 9,
        },
        remarks=("An image judges by one window of at most 512 px, always the same.",),
    ),
    full=Scale(
        rows=_FULL_ROWS,
        settings={
            "epochs": 200, "batch": 8, "patch_px": 768, "from_scratch": True, "optimiser": "sgd",
            "rate": "poly", "learning_rate": 0.02, "encoder_rate": 1.0, "weight_decay": 4e-5, "loss": "ce",
            "evaluations": 200, "memory_mb": 32768,
        },
        judge_px=None,
        remarks=(
            "The paper names no optimiser and its exponent is illegible: SGD with momentum 0.9, weight decay "
            "4e-5 and 0.9 are DeepLab's.",
            "U-Net's encoder is not named either: ResNet50.",
        ),
    ),
)  # fmt: skip
