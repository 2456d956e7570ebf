"""The arguments of every command."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from segstudio import errors

if TYPE_CHECKING:
    from segstudio.raster.address import Place


class UsageError(errors.SegstudioError):
    """The command line cannot be understood."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence instead of a page of usage: exit code 2 promises exactly that."""
        raise UsageError(f"{message}: see `{self.prog} --help`")


_Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments as values; `command` names the verb.

    Raises:
        UsageError: they cannot be understood.
    """
    return make_parser().parse_args(argv)


def make_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    from segstudio.cli.version import program_version

    parser = _Parser(
        prog="segstudio", description="Segment scenes and photos, correct the mask, teach the model."
    )
    parser.add_argument("--version", action="version", version=f"segstudio {program_version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    for add in (
        _open,
        _sample,
        _info,
        _models,
        _predict,
        _project,
        _annotate,
        _finetune,
        _evaluate,
        _export,
        _strip_depth,
        _plugins,
        _recipe,
        _weights,
    ):
        add(commands)
    _command(commands, "doctor", "check this machine and say what to do")
    return parser


def _command(commands: _Commands, name: str, text: str) -> _Parser:
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.add_argument("--json", action="store_true", help="print JSON lines only")
    return parser


def _open(commands: _Commands) -> None:
    parser = commands.add_parser("open", help="open the window", description="Open the window.")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="images, addresses or a project folder")


def _sample(commands: _Commands) -> None:
    parser = _command(commands, "sample", "write a procedural scene with truth, height and classes")
    parser.add_argument("out_dir", type=Path, metavar="OUT_DIR")
    parser.add_argument("--size", type=_whole(minimum=64), default=4096, help="pixels per side (4096)")
    parser.add_argument("--seed", type=_whole(minimum=0), default=0, help="another seed, another place")
    parser.add_argument("--bands", type=int, choices=(1, 3), default=3)
    parser.add_argument("--dtype", choices=("uint8", "uint16"), default="uint8")
    parser.add_argument("--sensor", default="clear", help="which camera looks at the place")
    parser.add_argument("--style", help="which kind of place (drawn from the seed)")
    parser.add_argument("--gsd", type=_positive, default=0.5, help="metres per pixel (0.5)")


def _info(commands: _Commands) -> None:
    parser = _command(commands, "info", "say what an image is")
    parser.add_argument("path", type=_place, metavar="PATH", help="a file, https://... or s3://...")


def _models(commands: _Commands) -> None:
    from segstudio.models.named import DECODERS

    parser = _command(commands, "models", "list the models")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="say everything about these only, measured where needed"
    )
    parser.epilog = (
        "Beyond the list, DECODER@ENCODER names any decoder on any encoder of segmentation_models_pytorch, "
        "timm (tu-...) or torchvision's googlenet, for instance unet@resnet34, mff@xception65 or "
        f"deeplabv3plus@tu-convnext_tiny. Decoders: {', '.join(DECODERS)}. 'gray:' before any name puts the "
        "gray adapter in front, for one or many bands."
    )


def _predict(commands: _Commands) -> None:
    parser = _command(commands, "predict", "predict a mask")
    parser.epilog = (
        "What was cancelled or broken off goes on where it stopped when the same command is given again: by "
        "the project's own ledger, or by MASK.partial beside the mask."
    )
    parser.add_argument(
        "input",
        type=_place,
        nargs="?",
        metavar="INPUT",
        help="a GeoTIFF or a photo, or a GeoTIFF's https:// or s3://",
    )
    _add_model(parser, required=True)
    parser.add_argument("-o", "--output", type=Path, metavar="MASK", help=".tif, or .png for photos")
    parser.add_argument("--project", type=Path, metavar="DIR", help="predict into a project instead")
    parser.add_argument("--image", action="append", metavar="NAME", help="of the project (may be repeated)")
    parser.add_argument("--fresh", action="store_true", help="do not go on with what is finished")
    parser.add_argument("--estimate", action="store_true", help="only say the time and memory it would take")
    parser.add_argument("--doubt", type=Path, metavar="FILE", help="also write the doubt, 0 to 255")
    parser.add_argument(
        "--depth", type=Path, metavar="FILE", help="also write the depth, where the model has it"
    )
    _add_device(parser)
    parser.add_argument(
        "--engine", choices=("auto", "torch", "fast"), default="auto", help="fast needs the extra `fast`"
    )
    parser.add_argument("--patch", type=_whole(minimum=32), help="pixels per side the model sees at once")
    parser.add_argument("--overlap", type=_share, default=None, help="share of a patch, 0 to 0.75")
    parser.add_argument("--batch", type=_whole(minimum=1), help="patches at once")
    parser.add_argument("--untrained", action="store_true", help="allow a model without weights (benchmarks)")
    parser.add_argument("--gray", action="store_true", help="wrap the model for another number of bands")


def _project(commands: _Commands) -> None:
    what = "make, restore or compact a project"
    parser = commands.add_parser("project", help=what, description=f"{what.capitalize()}.")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=_Parser)
    new = _command(verbs, "new", "make a project from images and classes")
    new.add_argument("folder", type=Path, metavar="DIR")
    new.add_argument(
        "--images", type=_place, nargs="+", required=True, metavar="PATH", help="files, folders or addresses"
    )
    new.add_argument("--classes", type=Path, required=True, metavar="CLASSES.json")
    restore = _command(verbs, "restore", "put a backup of a project in its place; what is replaced is kept")
    restore.add_argument("folder", type=Path, metavar="DIR")
    restore.add_argument("--list", action="store_true", help="only say which backups there are")
    restore.add_argument("--number", type=_whole(minimum=1), help="which one (the newest that is whole)")
    compact = _command(verbs, "compact", "forget the oldest steps of the history; the masks stay as they are")
    compact.add_argument("folder", type=Path, metavar="DIR")
    compact.add_argument("--keep", type=_whole(minimum=0), required=True, metavar="MB", help="of history")


def _annotate(commands: _Commands) -> None:
    parser = _command(commands, "annotate", "make masks or depth annotation of a project")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--image", metavar="NAME")
    parser.add_argument("--mask", type=Path, metavar="MASK")
    parser.add_argument("--masks", type=Path, metavar="FOLDER", help="masks with the images' stems")
    parser.add_argument(
        "--depth", type=Path, metavar="RASTER|FOLDER", help="depth or height; a folder by the images' stems"
    )
    parser.add_argument(
        "--depth-teacher", metavar="NAME|FOLDER", help="a depth network, e.g. depth-anything-v2-small"
    )
    parser.add_argument(
        "--depth-scale", type=_number, default=1.0, metavar="FACTOR", help="0.001 makes metres of millimetres"
    )
    parser.add_argument("--depth-nodata", type=_number, metavar="VALUE", help="a depth that says nothing")
    _add_by(parser)
    _add_device(parser)


def _finetune(commands: _Commands) -> None:
    parser = _command(commands, "finetune", "teach a model from a project's annotation")
    parser.add_argument("folder", type=Path, metavar="DIR")
    _add_model(parser, required=False)
    parser.add_argument("--from-scratch", action="store_true", help="forget the model's weights")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--minutes", type=_positive, help="stop after so many minutes")
    budget.add_argument("--epochs", type=_whole(minimum=1), help="stop after so many rounds")
    parser.add_argument("--seed", type=_whole(minimum=0), default=0)
    parser.add_argument("--patch", type=_whole(minimum=32), help="pixels per side of a training patch")
    parser.add_argument("--batch", type=_whole(minimum=1), help="patches per step")
    parser.add_argument("--learning-rate", type=_positive)
    parser.add_argument("--gray", action="store_true", help="put the gray adapter in front")
    _add_device(parser)


def _evaluate(commands: _Commands) -> None:
    parser = _command(commands, "evaluate", "measure a model against true masks")
    parser.add_argument("--image", type=Path)
    parser.add_argument("--mask", type=Path)
    parser.add_argument("--images", type=Path, metavar="FOLDER")
    parser.add_argument("--masks", type=Path, metavar="FOLDER", help="masks with the images' stems")
    _add_model(parser, required=True)
    _add_by(parser)
    _add_device(parser)
    parser.add_argument("--patch", type=_whole(minimum=32))
    parser.add_argument("--overlap", type=_share, default=None)
    parser.add_argument("--untrained", action="store_true", help="allow a model without weights (benchmarks)")
    parser.add_argument("--gray", action="store_true", help="wrap the model for another number of bands")


def _export(commands: _Commands) -> None:
    parser = _command(commands, "export", "write the masks of a project")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="a folder")
    parser.add_argument("--image", action="append", metavar="NAME", help="only this one (may be repeated)")
    parser.add_argument(
        "--what",
        choices=("shown", "annotation"),
        default="shown",
        help="annotation over prediction, or annotation",
    )


def _strip_depth(commands: _Commands) -> None:
    parser = _command(commands, "strip-depth", "cut a version's depth decoder off for deployment")
    parser.add_argument("model", metavar="CARD|VERSION", help="a version's folder, or a card with weights")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FOLDER", help="of versions; beside the version if not given"
    )


def _recipe(commands: _Commands) -> None:
    parser = commands.add_parser("recipe", help="repeat a training of ours")
    recipes = parser.add_subparsers(dest="recipe", metavar="NAME", required=True, parser_class=_Parser)
    starter = _command(recipes, "starter", "train starter weights on procedural places and permissive sets")
    starter.add_argument("--card", default="mff-light", metavar="CARD")
    starter.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="of the weights")
    starter.add_argument(
        "--scenes", type=Path, required=True, metavar="FOLDER", help="keeps what was rendered"
    )
    starter.add_argument("--data", type=Path, metavar="FOLDER", help="of the permissive sets")
    starter.add_argument(
        "--leave-out", action="append", default=[], metavar="TILE", help='of Dubai: "Tile 6" (repeatable)'
    )
    starter.add_argument("--start", type=Path, metavar="WEIGHTS", help="start from these weights")
    starter.add_argument(
        "--figures", type=Path, metavar="RECORD", help="show the figures of this run, which left tiles out"
    )
    starter_budget = starter.add_mutually_exclusive_group()
    starter_budget.add_argument("--minutes", type=_positive, default=30.0)
    starter_budget.add_argument("--steps", type=_whole(minimum=1))
    starter.add_argument("--places", type=_whole(minimum=1), default=96, help="that teach")
    starter.add_argument("--judges", type=_whole(minimum=1), default=10, help="places that judge")
    starter.add_argument("--size", type=_whole(minimum=256), default=768, help="pixels per side of a place")
    starter.add_argument("--seed", type=_whole(minimum=0), default=0)
    starter.add_argument("--threads", type=_whole(minimum=1), help="of the CPU")
    _add_device(starter)
    for name, text in (
        ("gray-adapter", "compare the gray adapter with stacked channels"),
        ("mff", "compare multi-path fusion with DeepLabV3+ and BiSeNet"),
        ("pseudo-depth", "compare the schedules of mask and depth"),
    ):
        _add_comparison(_command(recipes, name, text))


def _add_comparison(parser: _Parser) -> None:
    parser.add_argument("--data", type=Path, metavar="DIR", help="the paper's set")
    parser.add_argument("--depth", type=Path, metavar="DIR", help="depth rasters beside VOC's images")
    parser.add_argument("--scale", choices=("small", "paper"), default="small")
    parser.add_argument("--seeds", type=_whole(minimum=1), default=3, help="runs of every row (3)")
    parser.add_argument("--rows", metavar="A,B", help="only these rows")
    parser.add_argument(
        "--encoder", metavar="FILE|none", help="pretrained encoder (small scale: our own, from places)"
    )
    parser.add_argument("--steps", type=_whole(minimum=1), help="of every run, in place of the scale's")
    parser.add_argument("-o", "--output", type=Path, metavar="WORK", help="keeps every run (recipe-NAME)")
    parser.add_argument(
        "--table", action="store_true", help="only print what is there; without -o what comes with segstudio"
    )
    parser.add_argument("--threads", type=_whole(minimum=1), help="of the CPU")
    _add_device(parser)


def _plugins(commands: _Commands) -> None:
    parser = commands.add_parser(
        "plugins", help="list and allow plugins", description="List and allow plugins."
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=_Parser)
    _command(verbs, "list", "list the plugins, what they hold and whether they are allowed")
    for name, text in (
        ("trust", "allow the Python of a plugin, as its files are now"),
        ("distrust", "take back every consent to a plugin"),
    ):
        _command(verbs, name, text).add_argument("name", metavar="NAME", help="the plugin's folder name")


def _weights(commands: _Commands) -> None:
    parser = commands.add_parser("weights", help="weights from elsewhere: list, fetch, import")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=_Parser)
    listing = _command(verbs, "list", "list published weights")
    listing.add_argument("--model", metavar="CARD", help="only those for this card")
    fetch = _command(verbs, "fetch", "fetch published weights")
    fetch.add_argument("set", metavar="ID", help="as `segstudio weights list` names it")
    fetch.add_argument("--accept-licence", action="store_true", help="the licence was read and is accepted")
    fetch.add_argument("--base", metavar="URL", help="a mirror that has the publisher's own paths")
    taken = _command(verbs, "import", "import a file of weights")
    taken.add_argument("file", type=Path, metavar="FILE", help="safetensors or a torch file")
    taken.add_argument("--model", required=True, metavar="CARD", help="the card whose net it fits")
    taken.add_argument("--classes", type=Path, metavar="CLASSES.json", help="names of its output channels")


def _add_model(parser: _Parser, *, required: bool) -> None:
    parser.add_argument(
        "--model", required=required, metavar="CARD|VERSION", help="a card, or a version's folder"
    )


def _add_by(parser: _Parser) -> None:
    parser.add_argument("--by", choices=("id", "colour"), help="how masks name classes (judged by the file)")


def _add_device(parser: _Parser) -> None:
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1 ...")


def _whole(*, minimum: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not text.lstrip("-").isdecimal() or int(text) < minimum:
            raise argparse.ArgumentTypeError(f"'{text}' is not a whole number of at least {minimum}")
        return int(text)

    return convert


def _positive(text: str) -> float:
    value = _number(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number above 0")
    return value


def _share(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= 0.75:
        raise argparse.ArgumentTypeError(f"'{text}' is not between 0 and 0.75")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number") from None


def _place(text: str) -> "Place":
    """A file, or an address: what stands on the command line is named by a person."""
    from segstudio.raster.address import Address, place
    from segstudio.raster.named import name

    where = place(text)
    if isinstance(where, Address):
        name([where])
    return where
