"""Verbs that make and change projects: project new, annotate, export."""

import argparse
from contextlib import closing
from pathlib import Path

from segstudio.cli.output import Output
from segstudio.cli.parser import UsageError
from segstudio.cli.walk import walk


def project(arguments: argparse.Namespace, output: Output) -> None:
    """Make a project from images and classes."""
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
