"""GeoTIFFs at addresses: header and needed blocks only, wrong answers as sentences, nobody else contacted."""

import ssl
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.shutil import copy

from segstudio.errors import AddressNotNamed, ConnectionLost, RasterError
from segstudio.raster import named, remote, remote_connection, remote_http
from segstudio.raster.address import Address, parse_address
from segstudio.raster.gdal import quiet
from segstudio.raster.links import LinkState, links
from segstudio.raster.open import open_raster
from segstudio.raster.raster import Raster
from segstudio.raster.stop import Stop
from segstudio.raster.window import Window
from tests.raster.images import write_tif_file
from tests.raster.range_server import Host, answers, drops, impatient, lies, serving, stalls, whole

SIDE = 2048
CERTIFICATE = Path(__file__).with_name("self_signed.pem")  # of 127.0.0.1, with its key: for tests only


def texture(side: int = SIDE, seed: int = 0) -> np.ndarray:
    """Bands (3, h, w) that compress badly, so that bytes count."""
    return np.random.default_rng(seed).integers(0, 255, (3, side, side), np.uint8)


def write_cog(folder: Path, pixels: np.ndarray) -> bytes:
    plain, path = write_tif_file(folder / "plain.tif", pixels), folder / "cog.tif"
    with quiet():
        copy(plain, path, driver="COG", compress="DEFLATE", blocksize=256, overview_resampling="NEAREST")
    return path.read_bytes()


@pytest.fixture(scope="module")
def cog(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_cog(tmp_path_factory.mktemp("cog"), texture())


@pytest.fixture(autouse=True)
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Short waits, nothing remembered."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("HTTP_PROXY", "http_proxy", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with impatient(monkeypatch, attempts=4):
        yield


@pytest.fixture
def host(cog: bytes):
    with serving(Host(files={"scene.tif": cog})) as made:
        yield made


def name(url: str) -> Address:
    address = parse_address(url)
    named.name([address])
    return address


def opened(host: Host, path: str = "scene.tif") -> Raster:
    return open_raster(name(host.url(path)))


def refusal(host: Host, path: str = "scene.tif") -> str:
    with pytest.raises(RasterError) as caught:
        opened(host, path)
    return str(caught.value)


# ---- what is fetched ---------------------------------------------------------------------------------------


def test_pixels_are_those_of_the_file(host: Host) -> None:
    window = Window(300, 500, 700, 400)
    with opened(host) as raster:
        assert raster.info.name == "scene.tif" and raster.info.path == host.url("scene.tif")
        np.testing.assert_array_equal(raster.read(window), texture()[:, 500:900, 300:1000])


def test_the_first_view_fetches_a_small_part_of_the_file(host: Host, cog: bytes) -> None:
    with opened(host) as raster:
        assert sum(host.sent.values()) == remote.HEAD_BYTES
        raster.read(raster.info.extent, out_shape=(256, 256))
    assert sum(host.sent.values()) < len(cog) / 20


def test_what_was_fetched_is_not_fetched_again_by_anybody(host: Host) -> None:
    window = Window(0, 0, 256, 256)
    with opened(host) as raster, opened(host) as other:
        first = raster.read(window)
        asked = len(host.asked)
        np.testing.assert_array_equal(other.read(window), first)
    assert len(host.asked) == asked


def test_only_the_address_itself_is_asked_for(host: Host) -> None:
    with opened(host) as raster:
        raster.read_with_valid(Window(0, 0, 64, 64))
    assert {path for path, _ in host.asked} == {"scene.tif"}


def test_a_small_file_of_a_host_without_parts_is_taken_whole(host: Host, cog: bytes) -> None:
    host.always = whole
    with opened(host) as raster:
        np.testing.assert_array_equal(raster.read(Window(0, 0, 64, 64)), texture()[:, :64, :64])


def test_a_large_one_is_refused(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_http, "settings", replace(remote_http.settings, whole_bytes=1000))
    host.always = whole
    assert "only whole, not in parts" in refusal(host)


def test_a_header_at_the_end_of_a_file_is_found(host: Host, tmp_path: Path) -> None:
    pixels = texture(512)
    plain = write_tif_file(tmp_path / "late.tif", pixels, crs=None, transform=None, photometric="RGB")
    with quiet(), rasterio.open(plain, "r+") as file:
        file.update_tags(note="x" * 5000)  # the directory is written anew, behind the pixels
    host.files["late.tif"] = plain.read_bytes()
    with opened(host, "late.tif") as raster:
        np.testing.assert_array_equal(raster.read(Window(0, 400, 512, 100)), pixels[:, 400:500])
    assert len(host.asked) <= 4


def test_a_file_here_opens_while_a_host_far_away_stalls_in_its_header(host: Host, tmp_path: Path) -> None:
    plain = write_tif_file(tmp_path / "late.tif", texture(512))
    with quiet(), rasterio.open(plain, "r+") as file:
        file.update_tags(note="x" * 5000)
    host.files["late.tif"] = plain.read_bytes()
    asked = threading.Event()

    def stall(handler, first, last, content) -> None:
        asked.set()
        stalls(handler, first, last, content)

    host.tricks, stop = [None, stall], Stop()

    def open_far() -> None:
        with stop.adopted(), pytest.raises(ConnectionLost):
            opened(host, "late.tif")

    far = threading.Thread(target=open_far)
    far.start()
    assert asked.wait(10)
    with open_raster(plain) as raster:
        assert raster.info.width == 512
    stop.ask()
    far.join(10)


# ---- who is contacted --------------------------------------------------------------------------------------


def test_an_address_that_nobody_named_is_not_contacted(host: Host) -> None:
    with pytest.raises(AddressNotNamed, match="never opened by you"):
        open_raster(host.url("scene.tif"))
    assert not host.asked


def test_a_named_address_is_named_the_next_time_too(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    address = name(host.url("scene.tif"))
    monkeypatch.setattr(named, "_named", set())
    assert named.is_named(address)


@pytest.mark.parametrize("target", ["ftp://127.0.0.1:9/x.tif", "file:///etc/passwd", "data:,II"])
def test_a_redirect_to_anything_but_the_web_is_refused(host: Host, target: str) -> None:
    host.always = answers(302, Location=target)
    assert "no web address" in refusal(host)


def test_a_redirect_is_followed_and_a_loop_is_not(host: Host) -> None:
    host.tricks = [answers(302, Location="/scene.tif")]
    with opened(host) as raster:
        assert raster.info.width == SIDE
    host.files["loop.tif"] = b""
    host.always = answers(302, Location="/loop.tif")
    assert "on and on" in refusal(host, "loop.tif")
    assert len([path for path, _ in host.asked if path == "loop.tif"]) == remote_http.settings.redirects + 1


def test_a_login_goes_to_its_host_and_into_no_word_of_ours(host: Host, cog: bytes) -> None:
    with serving(Host(files={"scene.tif": cog})) as other:
        host.tricks = [answers(302, Location=other.url("scene.tif"))]
        url = host.url("scene.tif").replace("http://", "http://ann:s3cret@")
        with open_raster(name(f"{url}?X-Amz-Signature=abc&page=2")) as raster:
            assert raster.info.path == f"{host.url('scene.tif')}?page=2"
        assert host.headers[0]["Authorization"].startswith("Basic ")
        assert "Authorization" not in other.headers[0]
    kept = named.personal.data_folder().joinpath("named-addresses.txt").read_text(encoding="utf-8")
    assert "s3cret" not in kept and "abc" not in kept


# ---- what goes wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trick", "words"),
    [
        (answers(404), "has no scene.tif"),
        (answers(403), "keeps scene.tif to itself"),
        (answers(500), "is in trouble"),
        (answers(200, b"<html>log in</html>", Content_Type="text/html"), "a web page"),
        (answers(200, b"<?xml version='1.0'?>", Content_Type="application/xml"), "a web page"),
        (answers(200, b"\x89PNG and so on"), "no GeoTIFF"),
        (answers(200, b"II*\0" + b"\1" * 40), "not a whole TIFF"),
        (answers(206), "other parts"),
        (answers(200, b"", Content_Encoding="gzip"), "packs the file"),
        (answers(451), "refuses to give"),
    ],
)
def test_a_wrong_answer_is_a_sentence_with_the_way_out(host: Host, trick, words: str) -> None:
    host.always = trick
    sentence = refusal(host)
    assert words in sentence and ": " in sentence


def test_a_host_that_does_not_answer_is_said(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_http, "settings", replace(remote_http.settings, silence_s=0.05))
    host.always = stalls
    assert "does not answer" in refusal(host)


def test_a_host_that_is_not_there_is_said() -> None:
    with pytest.raises(ConnectionLost, match="takes no connections"):
        open_raster(name("http://127.0.0.1:9/scene.tif"))


@pytest.mark.parametrize("is_trusted", [False, True])
def test_only_a_certificate_that_this_machine_trusts_is_taken(
    cog: bytes, monkeypatch: pytest.MonkeyPatch, is_trusted: bool
) -> None:
    trusted = [ssl.create_default_context(cafile=CERTIFICATE)] if is_trusted else []
    monkeypatch.setattr(remote_connection, "_tls_kept", trusted)
    with serving(Host(files={"scene.tif": cog}), CERTIFICATE) as safe:
        if is_trusted:
            with opened(safe) as raster:
                np.testing.assert_array_equal(raster.read(Window(0, 0, 64, 64)), texture()[:, :64, :64])
            remote.forget_all()
        else:
            assert "certificate" in refusal(safe) and "cannot be trusted" in refusal(safe)


def test_https_to_a_host_that_speaks_http_says_so(host: Host) -> None:
    with pytest.raises(RasterError, match="does its address begin with http://"):
        open_raster(name(host.url("scene.tif").replace("http:", "https:")))


@pytest.mark.parametrize("trick", [answers(503, Retry_After="0"), drops, answers(500)])
def test_what_recovers_is_read_as_if_nothing_had_been(host: Host, trick) -> None:
    heard: list[LinkState] = []
    unwatch = links.watch(heard.append)
    with opened(host) as raster:
        host.tricks = [trick, trick]
        window = Window(0, 0, 256, 256)
        np.testing.assert_array_equal(raster.read(window), texture()[:, :256, :256])
    unwatch()
    assert [state.is_lost for state in heard] == [True, True, False]


def test_a_lost_connection_never_becomes_pixels_and_passes(host: Host) -> None:
    window = Window(700, 700, 500, 500)
    with opened(host) as raster:
        host.always = drops
        for _ in range(2):
            with pytest.raises(ConnectionLost, match="broke off"):
                raster.read(window)
        host.always = None
        np.testing.assert_array_equal(raster.read(window), texture()[:, 700:1200, 700:1200])


def test_a_file_that_changes_is_never_mixed_with_the_new_one(host: Host, tmp_path: Path) -> None:
    with opened(host) as raster:
        host.files["scene.tif"] = write_cog(tmp_path, texture(seed=1))
        with pytest.raises(RasterError, match="has changed"):
            raster.read(Window(1000, 1000, 300, 300))
    before = remote.known_or_asked(name(host.url("scene.tif"))).fingerprint
    assert remote.ask_for(name(host.url("scene.tif"))).fingerprint != before


def test_a_length_that_is_a_lie_is_noticed(host: Host, cog: bytes) -> None:
    with opened(host) as raster:
        host.always = lies(len(cog) * 3)
        with pytest.raises(RasterError, match="has changed"):
            raster.read(Window(1000, 1000, 300, 300))


def test_a_file_cut_short_is_an_error_and_not_black(host: Host, cog: bytes) -> None:
    host.files["cut.tif"] = cog[: len(cog) // 2]
    with opened(host, "cut.tif") as raster, pytest.raises(RasterError, match="damaged or incomplete"):
        raster.read(raster.info.extent)


def test_a_read_is_given_up_from_another_thread(host: Host) -> None:
    stop, ended = Stop(), []

    def read() -> None:
        with stop.adopted(), pytest.raises(ConnectionLost, match="given up"):
            opened(host)
        ended.append(True)

    asked = threading.Event()

    def stall(handler, first, last, content) -> None:
        asked.set()
        stalls(handler, first, last, content)

    host.always = stall
    thread = threading.Thread(target=read)
    thread.start()
    assert asked.wait(10)
    stop.ask()
    thread.join(10)
    assert ended == [True]


# ---- buckets -----------------------------------------------------------------------------------------------


def test_a_bucket_is_asked_with_a_signature_in_the_region_it_names(
    host: Host, cog: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", host.base)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    host.files["scenes/a.tif"] = cog
    host.tricks = [answers(301, x_amz_bucket_region="eu-west-3")]
    with open_raster(name("s3://scenes/a.tif")) as raster:
        assert raster.info.width == SIDE and raster.info.path == "s3://scenes/a.tif"
    signed = [headers["Authorization"] for headers in host.headers]
    assert "/us-east-1/s3/" in signed[0] and "/eu-west-3/s3/" in signed[1]
    assert all("s3cret" not in value for value in signed)


def test_a_bucket_without_keys_is_asked_without_a_signature(
    host: Host, cog: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", host.base)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    host.files["scenes/a.tif"] = cog
    with open_raster(name("s3://scenes/a.tif")) as raster:
        assert raster.info.width == SIDE
    assert all("Authorization" not in headers for headers in host.headers)
    host.files["scenes/b.tif"], host.always = cog, answers(403)
    with pytest.raises(RasterError, match="AWS_PROFILE"):
        open_raster(name("s3://scenes/b.tif"))
