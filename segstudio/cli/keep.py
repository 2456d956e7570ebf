"""Verbs that make and change projects: project new, restore and compact, annotate, export."""

import argparse
from contextlib import closing
from pathlib import Path

from segstudio.cli.output import Output
from segstudio.cli.parser import UsageError
from segstudio.cli.walk import walk

_MB = 1 << 20


def project(arguments: argparse.Namespace, output: Output) -> None:
    """Make, restore or compact a project."""
    {"new": _new, "restore": _restore, "compact": _compact}[arguments.verb](arguments, output)


def _restore(arguments: argparse.Namespace, output: Output) -> None:
    from segstudio.project.backups import backups_of, restore_backup

    if arguments.list:
        for backup in backups_of(arguments.folder):
            size = f"{backup.size_bytes / _MB:.1f} MB"
            output.say(
                "backup",
                f"{backup.number}: {backup.made_at}, {size}",
                number=backup.number,
                made_at=backup.made_at,
                bytes=backup.size_bytes,
            )
        return
    backup, aside = restore_backup(arguments.folder, arguments.number)
    output.say(
        "restored",
        f"backup {backup.number} of {backup.made_at} is in place; what it replaced is kept as {aside}",
        number=backup.number,
        made_at=backup.made_at,
        aside=aside,
    )


def _compact(arguments: argparse.Namespace, output: Output) -> None:
    from segstudio.jobs.steps import Progress
    from segstudio.project.project import Project

    with closing(Project.open(arguments.folder)) as opened:
        plan = opened.plan_compaction(arguments.keep * _MB)
        for gone in opened.compact_steps(plan):
            output.step(Progress(gone, plan.steps, None, "Forgetting"))
        if plan.steps:
            opened.shrink()
        room = opened.history_room()
        output.say(
            "compacted",
            f"{plan.steps:,} old steps forgotten ({plan.size_bytes / _MB:.1f} MB); "
            f"{room.steps:,} steps stay ({room.size_bytes / _MB:.1f} MB)",
            forgotten=plan.steps,
            forgotten_bytes=plan.size_bytes,
            steps=room.steps,
            bytes=room.size_bytes,
        )


def _new(arguments: argparse.Namespace, output: Output) -> None:
    from segstudio.jobs.image_files import expand
    from segstudio.mask.classes import load_classes
    from segstudio.project.project import Project

    classes = load_classes(arguments.classes)
    images = expand(arguments.images)
    with closing(Project.create(arguments.folder, classes=classes, images=images)) as made:
        names = [entry.name for entry in made.images]
        output.say(
            "project",
            f"{made.folder}: {len(names)} images, {len(classes)} classes",
            path=made.folder,
            images=names,
            classes=list(classes.names),
        )


def annotate(arguments: argparse.Namespace, output: Output) -> None:
    """Make masks annotation of a project, and depth the target of depth decoders."""
    from segstudio.jobs.annotate import AnnotateRequest, annotate
    from segstudio.jobs.depth_teachers import DepthSource

    _check_sources(arguments)
    depth = DepthSource(
        given=arguments.depth,
        teacher=arguments.depth_teacher,
        scale=arguments.depth_scale,
        missing=arguments.depth_nodata,
        device=arguments.device,
    )
    request = AnnotateRequest(
        project_folder=arguments.folder,
        image=arguments.image,
        mask=arguments.mask,
        masks_folder=arguments.masks,
        depth=depth if depth.given or depth.teacher else None,
        by=arguments.by,
    )
    walk(annotate(request), output)


def export(arguments: argparse.Namespace, output: Output) -> None:
    """Write the masks of a project."""
    from segstudio.jobs.export import ExportRequest, export

    request = ExportRequest(
        project_folder=arguments.folder,
        output=Path(arguments.output),
        images=tuple(arguments.image) if arguments.image else None,
        what=arguments.what,
    )
    walk(export(request), output)


def _check_sources(arguments: argparse.Namespace) -> None:
    sources = [arguments.mask, arguments.masks, arguments.depth, arguments.depth_teacher]
    if sum(source is not None for source in sources) != 1:
        raise UsageError(
            "give one of --mask, --masks, --depth and --depth-teacher: see `segstudio annotate --help`"
        )
    is_one = arguments.mask is not None or (arguments.depth is not None and not arguments.depth.is_dir())
    if is_one and arguments.image is None:
        raise UsageError("one file is for one --image: name it, see `segstudio annotate --help`")
    if arguments.masks is not None and arguments.image is not None:
        raise UsageError("--image goes with --mask or depth, not --masks: see `segstudio annotate --help`")
