"""A file comes whole or not at all, whatever the server does."""

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from weights_server import Hub, serving

from segstudio.jobs.download import DownloadError, download
from segstudio.jobs.steps import Progress

PATH = "models/net-00000000.pth"
CONTENT = bytes(range(256)) * 4096  # 1 MB: four chunks and more


def fetch(hub, target, **options):
    """Walk the download; (progress, result)."""
    steps, progress = download(f"{hub.base}/{PATH}", target, **options), []
    try:
        while True:
            progress.append(next(steps))
    except StopIteration as end:
        return progress, end.value


@pytest.fixture
def hub():
    with serving(Hub({PATH: CONTENT})) as running:
        yield running


def test_a_file_comes_with_progress_in_bytes(hub, tmp_path):
    digits = hub.sha256(PATH)[:8]
    progress, came = fetch(hub, tmp_path / "new" / "net.pth", sha256=digits)
    assert came.path.read_bytes() == CONTENT
    assert came.sha256 == hub.sha256(PATH)
    assert all(isinstance(step, Progress) and step.total == len(CONTENT) for step in progress)
    fetched = [step.done for step in progress if step.text == "Fetching weights"]
    assert fetched == sorted(fetched) and fetched[-1] == len(CONTENT) and len(fetched) >= 4
    assert sorted(path.name for path in came.path.parent.iterdir()) == ["net.pth"]


@settings(max_examples=20)
@given(breaks=st.lists(st.integers(0, len(CONTENT) - 1), max_size=3))
def test_however_the_connection_breaks_the_file_comes_whole(tmp_path_factory, breaks):
    folder = tmp_path_factory.mktemp("broken")
    with serving(Hub({PATH: CONTENT}, breaks_after=breaks)) as hub:
        _, came = fetch(hub, folder / "net.pth", sha256=hub.sha256(PATH)[:8])
    assert came.path.read_bytes() == CONTENT


def test_a_break_is_gone_on_from_and_not_begun_anew(hub, tmp_path):
    hub.breaks_after = [300_000]
    fetch(hub, tmp_path / "net.pth", sha256=hub.sha256(PATH)[:8])
    assert [start for _, start in hub.asked] == ["", "bytes=300000-"]


def test_a_cancel_bites_within_a_chunk_and_a_later_try_goes_on(hub, tmp_path):
    steps = download(f"{hub.base}/{PATH}", tmp_path / "net.pth", sha256=hub.sha256(PATH)[:8])
    first = next(steps)
    steps.close()
    assert 0 < first.done <= 256 * 1024
    assert not (tmp_path / "net.pth").exists()
    assert (tmp_path / "net.pth.part").stat().st_size == first.done
    _, came = fetch(hub, tmp_path / "net.pth", sha256=hub.sha256(PATH)[:8])
    assert came.path.read_bytes() == CONTENT
    assert hub.asked[-1] == (PATH, f"bytes={first.done}-")


def test_another_content_since_the_cancel_is_fetched_from_its_beginning(hub, tmp_path):
    steps = download(f"{hub.base}/{PATH}", tmp_path / "net.pth")
    next(steps)
    steps.close()
    hub.files[PATH] = CONTENT[::-1]
    _, came = fetch(hub, tmp_path / "net.pth", sha256=hub.sha256(PATH)[:8])
    assert came.path.read_bytes() == CONTENT[::-1]


def test_a_server_without_ranges_sends_it_all_again(hub, tmp_path):
    hub.breaks_after, hub.ignores_ranges = [300_000], True
    _, came = fetch(hub, tmp_path / "net.pth", sha256=hub.sha256(PATH)[:8])
    assert came.path.read_bytes() == CONTENT


def test_a_part_that_was_whole_already_is_taken(hub, tmp_path):
    steps = download(f"{hub.base}/{PATH}", tmp_path / "net.pth", sha256=hub.sha256(PATH)[:8])
    while next(steps).text == "Fetching weights":
        pass
    steps.close()
    _, came = fetch(hub, tmp_path / "net.pth", sha256=hub.sha256(PATH)[:8])
    assert came.path.read_bytes() == CONTENT
    assert hub.asked[-1] == (PATH, f"bytes={len(CONTENT)}-")


def test_a_lie_about_the_length_harms_nothing_where_the_end_can_be_asked_for(hub, tmp_path):
    hub.claims_more = 1000
    _, came = fetch(hub, tmp_path / "net.pth", sha256=hub.sha256(PATH)[:8])
    assert came.path.read_bytes() == CONTENT


def test_a_lie_about_the_length_is_told_and_what_came_is_kept(hub, tmp_path):
    hub.claims_more, hub.ignores_ranges = 1000, True
    with pytest.raises(DownloadError, match=r"broke off again and again: 1\.0 MB are kept") as told:
        fetch(hub, tmp_path / "net.pth")
    assert not told.value.is_offline
    assert not (tmp_path / "net.pth").exists()


def test_another_content_than_the_checksum_says_leaves_nothing(hub, tmp_path):
    with pytest.raises(DownloadError, match=r"checksum begins with \w{8}, not deadbeef"):
        fetch(hub, tmp_path / "net.pth", sha256="deadbeef")
    assert list(tmp_path.iterdir()) == []


def test_the_hubs_checksum_is_taken_from_its_redirect(hub, tmp_path):
    hub.hub_like = True
    _, came = fetch(hub, tmp_path / "net.pth")
    assert came.stated == hub.sha256(PATH)
    assert [path for path, _ in hub.asked] == [PATH, f"cdn/{PATH}"]


@pytest.mark.parametrize(
    ("status", "retry_after", "words"),
    [
        (404, "", r"is not there \(404\)"),
        (429, "7", r"too many requests \(429\): try again in 7 s"),
        (429, "", "try again in some minutes"),
        (403, "", r"does not give .* to everybody \(403\)"),
        (500, "", "answers 500"),
    ],
)
def test_a_refusal_is_one_sentence(hub, tmp_path, status, retry_after, words):
    hub.status, hub.retry_after = status, retry_after
    with pytest.raises(DownloadError, match=words):
        fetch(hub, tmp_path / "net.pth")
    assert list(tmp_path.iterdir()) == []


def test_without_a_server_it_is_offline(tmp_path):
    with socket.socket() as taken:  # bound and never listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        hub = Hub(base=f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(DownloadError, match="cannot be reached") as told:
            fetch(hub, tmp_path / "net.pth")
    assert told.value.is_offline


def test_only_web_addresses_are_fetched(tmp_path):
    with pytest.raises(DownloadError, match="no web address"):
        list(download("file:///etc/passwd", tmp_path / "net.pth"))


def test_a_folder_that_cannot_be_written_is_named(hub, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DownloadError, match="cannot be written"):
        fetch(hub, tmp_path / "file" / "net.pth")
