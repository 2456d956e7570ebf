"""An image at an address in a project: kept by its address, known by what its host says of it."""

from pathlib import Path

import pytest

from segstudio.errors import AddressNotNamed, ConnectionLost
from segstudio.mask.classes import ClassList
from segstudio.project.images import ImageMissing, OtherBytes, examine
from segstudio.project.project import Project
from segstudio.project.reader import ProjectReader
from segstudio.raster import named, remote
from segstudio.raster.address import Address, parse_address
from tests.raster.range_server import Host, answers, impatient, serving


@pytest.fixture(autouse=True)
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with impatient(monkeypatch):
        yield


@pytest.fixture
def host(new_image):
    with serving(Host(files={"scene.tif": new_image("scene.tif").read_bytes()})) as made:
        yield made


@pytest.fixture
def address(host: Host) -> Address:
    address = parse_address(host.url("scene.tif").replace("http://", "http://ann:s3cret@") + "?sig=abc")
    named.name([address])
    return address


@pytest.fixture
def addressed(tmp_path: Path, address: Address, classes: ClassList):
    with Project.create(tmp_path / "far", classes=classes, images=[address]) as made:
        yield made


def test_an_image_lives_at_its_address(addressed: Project, address: Address) -> None:
    entry = addressed.images[0]
    assert (entry.path, entry.name) == (address, "scene.tif")
    assert addressed.open_document(entry.id).info.path == str(address)
    with ProjectReader(addressed.folder) as reader:
        assert reader.image_path(entry.id) == address


def test_no_password_and_no_signature_comes_into_the_project(addressed: Project) -> None:
    addressed.close()
    kept = b"".join(path.read_bytes() for path in addressed.folder.rglob("*") if path.is_file())
    assert b"s3cret" not in kept and b"abc" not in kept and b"/scene.tif" in kept


def test_an_image_that_was_looked_at_opens_without_asking_again(
    addressed: Project, address: Address, host: Host
) -> None:
    seen = examine(address)
    asked = len(host.asked)
    addressed.open_document(addressed.images[0].id, seen=seen)
    assert len(host.asked) == asked


def test_a_mask_is_never_put_on_another_image_that_came_to_the_address(
    addressed: Project, host: Host, address: Address, new_image
) -> None:
    host.files["scene.tif"] = new_image("other.tif", seed=5).read_bytes()
    image_id = addressed.images[0].id
    with pytest.raises(ImageMissing, match="has changed since its mask was made") as caught:
        addressed.open_document(image_id)
    assert caught.value.has_changed
    with pytest.raises(OtherBytes):
        addressed.relocate_image(image_id, address)
    addressed.relocate_image(image_id, address, confirmed=True)
    assert addressed.open_document(image_id).info.path == str(address)


def test_an_image_that_is_gone_from_its_host_may_be_located(
    addressed: Project, host: Host, new_image
) -> None:
    host.always = answers(404)
    with pytest.raises(ImageMissing, match=r"has no scene\.tif"):
        addressed.open_document(addressed.images[0].id)
    here = new_image("scene.tif")
    addressed.relocate_image(addressed.images[0].id, here, confirmed=True)
    assert addressed.images[0].path == here


def test_a_host_that_does_not_answer_is_no_missing_image(addressed: Project, host: Host) -> None:
    host.always = answers(503)
    with pytest.raises(ConnectionLost, match="in trouble"):
        addressed.open_document(addressed.images[0].id)


def test_a_project_from_elsewhere_contacts_nobody(
    addressed: Project, host: Host, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    addressed.close()
    remote.forget_all()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "somebody else"))
    monkeypatch.setattr(named, "_named", set())
    asked = len(host.asked)
    with Project.open(addressed.folder) as project, pytest.raises(AddressNotNamed):
        project.open_document(project.images[0].id)
    assert len(host.asked) == asked
