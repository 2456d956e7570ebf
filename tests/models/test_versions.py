"""A version is there in full or not at all, and a damaged one never hides the others."""

import json

import numpy as np
import pytest

from segstudio.errors import ModelError
from segstudio.models import version_files
from segstudio.models.cards import ModelClass
from segstudio.models.input_spec import InputSpec
from segstudio.models.versions import VersionStore, add_evaluation, load_version, resolve_model

CLASSES = (ModelClass("건물", "#3C1098"), ModelClass("road", "#6EC1E4"))


@pytest.fixture
def store(tmp_path):
    return VersionStore(tmp_path / "versions")


def add(store, *, card_id="mff-light", parent=None, in_bands=3, **more):
    return store.add(
        card_id=card_id,
        parent=parent,
        state={"body.weight": np.arange(6, dtype=np.float32).reshape(2, 3), "steps": np.int64(7)},
        classes=CLASSES,
        input=InputSpec.for_dtype("uint8"),
        in_bands=in_bands,
        **more,
    )


def test_what_is_kept_is_read_back(store):
    kept = add(
        store,
        figures={"after": {"mean_iou": 0.6}},
        seed=3,
        settings={"minutes": 5},
        notes=["depth not retrained"],
    )
    assert store.get(kept.id) == kept == load_version(kept.folder)
    assert kept.classes == CLASSES
    assert kept.figures["after"]["mean_iou"] == 0.6
    assert kept.notes == ("depth not retrained",)
    assert kept.weights_file.is_file()


def test_the_record_can_be_read_by_a_person(store):
    text = (add(store).folder / "version.json").read_text(encoding="utf-8")
    assert '"건물"' in text
    assert text.count("\n") > 10


def test_versions_made_in_the_same_second_have_names_of_their_own(store):
    ids = [add(store).id for _ in range(3)]
    assert len(set(ids)) == 3
    assert [version.id for version in store.all()] == ids


def test_an_empty_or_absent_store_has_no_versions(store):
    assert store.all() == []
    assert store.broken() == []


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda folder: (folder / "version.json").unlink(), "version.json is missing"),
        (lambda folder: (folder / "version.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "version.json").write_text("[]"), "cannot be read"),
        (lambda folder: (folder / "version.json").write_text('{"format": 99}'), "newer program"),
        (lambda folder: (folder / "weights.safetensors").unlink(), "cannot be read"),
        (lambda folder: (folder / "weights.safetensors").write_bytes(b"\xff" * 40), "cannot be read"),
        (
            lambda folder: (folder / "weights.safetensors").write_bytes(
                (folder / "weights.safetensors").read_bytes()[:-4]
            ),
            "cannot be read",
        ),
    ],
)
def test_a_damaged_version_is_listed_with_its_reason_and_hides_no_other(store, damage, reason):
    good, bad = add(store), add(store)
    damage(bad.folder)
    assert [version.id for version in store.all()] == [good.id]
    (broken,) = store.broken()
    assert broken.folder == bad.folder
    assert reason in broken.reason
    with pytest.raises(ModelError, match="cannot be used"):
        store.get(bad.id)


def test_a_save_that_fails_leaves_nothing_behind(store, monkeypatch):
    add(store)
    before = sorted(store.folder.iterdir())

    def full_disk(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(version_files, "write_json", full_disk)
    with pytest.raises(ModelError, match=r"no space.*make room there and fine-tune again"):
        add(store)
    assert sorted(store.folder.iterdir()) == before


def test_what_a_killed_process_left_is_no_version_and_is_swept_once_old(store):
    import os

    left = store.folder / ".new-abc"
    left.mkdir(parents=True)
    assert store.all() == []
    assert store.broken() == []
    add(store)
    assert left.exists()
    os.utime(left, (0, 0))
    add(store)
    assert not left.exists()


def test_a_chain_runs_from_the_youngest_to_the_root(store):
    root = add(store, parent="mff-light")
    child = add(store, parent=root.id)
    grandchild = add(store, parent=child.id)
    assert [each.id for each in store.chain(grandchild.id)] == [grandchild.id, child.id, root.id]
    store.delete(child.id)
    assert [each.id for each in store.chain(grandchild.id)] == [grandchild.id]


def test_deleting_removes_the_folder_and_only_that(store):
    kept, gone = add(store), add(store)
    store.delete(gone.id)
    assert [each.name for each in store.folder.iterdir()] == [kept.id]
    with pytest.raises(ModelError, match="no model version"):
        store.delete(gone.id)


@pytest.mark.parametrize("name", ["", ".", "..", "../other", "/etc"])
def test_names_that_lead_out_of_the_store_are_refused(store, name):
    add(store)
    with pytest.raises(ModelError, match="no model version"):
        store.delete(name)


def test_evaluations_are_appended(store):
    version = add(store)
    add_evaluation(version, {"mean_iou": 0.5})
    version = add_evaluation(version, {"mean_iou": 0.6})
    assert [each["mean_iou"] for each in version.evaluations] == [0.5, 0.6]
    assert json.loads((version.folder / "version.json").read_text(encoding="utf-8"))["seed"] is None


def test_a_text_names_a_card_a_version_or_its_folder(store):
    version = add(store)
    assert resolve_model("unet-light").card.id == "unet-light"
    assert resolve_model(version.id, store).version == version
    assert resolve_model(str(version.folder)).version == version
    assert resolve_model(version.id, store).is_trained


def test_gray_before_a_version_puts_the_adapter_in_front(store):
    version = add(store)
    ref = resolve_model(f"gray:{version.id}", store)
    assert (ref.card.id, ref.version, ref.in_bands) == ("gray:mff-light", version, None)
    trained = resolve_model(add(store, card_id="gray:mff-light", in_bands=1).id, store)
    assert (trained.card.id, trained.in_bands) == ("gray:mff-light", 1)


def test_a_name_of_nothing_is_answered_with_near_ones(store):
    with pytest.raises(ModelError, match="did you mean"):
        resolve_model("unet-ligth", store)


def test_a_folder_that_holds_no_version_says_so(tmp_path):
    with pytest.raises(ModelError, match=r"version.json is missing"):
        resolve_model(str(tmp_path))


def test_an_untrained_card_knows_no_classes_and_stretches_each_scene():
    ref = resolve_model("deeplabv3plus-resnet50")
    assert ref.classes == ()
    assert ref.input == InputSpec(scaling="scene")
    assert ref.weights_file is None
