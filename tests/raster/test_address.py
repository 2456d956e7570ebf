"""Addresses: what is kept of them, what is not, and requests to buckets."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.errors import RasterError
from segstudio.raster.address import Address, is_address, parse_address, place
from segstudio.raster.remote_s3 import BucketClient, Keys, keys_of, sign


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        (" HTTPS://Example.org:443/a/b.tif#page ", "https://example.org/a/b.tif"),
        ("http://example.org:8080/a b.tif", "http://example.org:8080/a%20b.tif"),
        ("https://ann:pw@example.org/s.tif", "https://example.org/s.tif"),
        ("https://h.org/s.tif?page=2&X-Amz-Signature=abc", "https://h.org/s.tif?page=2"),
        ("https://h.org/s.tif?sv=1&sp=r&sig=abc", "https://h.org/s.tif"),
        ("https://h.org/s.tif?access_token=abc", "https://h.org/s.tif"),
        ("s3://bucket/a folder/s.tif", "s3://bucket/a%20folder/s.tif"),
        ("https://host/a.tif?accessKey=x&x-api-key=y&jwt=z&page=1", "https://host/a.tif?page=1"),
    ],
)
def test_an_address_is_kept_without_what_lets_in(given_text: str, kept: str) -> None:
    assert str(parse_address(given_text)) == kept
    assert str(parse_address(kept)) == kept


def test_what_lets_in_is_remembered_until_the_program_ends() -> None:
    secret = parse_address("https://ann:p%40w@example.org/in.tif?sig=abc&page=1").secret
    assert (secret.login, secret.query) == ("ann:p@w", "sig=abc&page=1")
    assert parse_address("https://example.org/in.tif?page=1").secret == secret


@pytest.mark.parametrize(
    "text", ["https://", "https://host", "https:///a.tif", "s3://B_/a.tif", "http://a b/c"]
)
def test_what_names_no_file_is_refused(text: str) -> None:
    with pytest.raises(RasterError, match="not the address of a file"):
        parse_address(text)


def test_a_refusal_says_nothing_of_a_password() -> None:
    with pytest.raises(RasterError) as caught:
        parse_address("https://ann:s3cret@/?token=abc")
    assert "s3cret" not in str(caught.value) and "abc" not in str(caught.value)


@given(st.text())
def test_any_text_is_a_place_or_one_sentence(text: str) -> None:
    try:
        where = place(text)
    except RasterError:
        return
    assert isinstance(where, Address) == is_address(text)
    if isinstance(where, Address):
        assert parse_address(str(where)) == where


def test_an_address_answers_like_a_path() -> None:
    address = parse_address("https://example.org/maps/%ED%95%9C.tif?page=1")
    assert (address.name, address.stem, address.suffix) == ("한.tif", "한", ".tif")
    assert str(address.parent) == "/example.org/maps"


def test_a_signature_is_the_one_of_the_specification() -> None:
    """AWS, "Signature Calculations for the Authorization Header", the example GET Object."""
    keys = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    url = urlsplit("https://examplebucket.s3.amazonaws.com/test.txt")
    signed = sign(url, {"Range": "bytes=0-9"}, keys, "us-east-1", datetime(2013, 5, 24, tzinfo=UTC))
    found = signed["Authorization"].rpartition("Signature=")[2]
    assert found == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"


def test_keys_come_from_the_environment_or_the_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "credentials"
    file.write_text("[work]\naws_access_key_id = A\naws_secret_access_key = B\n", encoding="utf-8")
    for variable in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_NO_SIGN_REQUEST"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert keys_of() is None
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert keys_of() == Keys("A", "B") and "B" not in repr(keys_of())
    monkeypatch.setenv("AWS_NO_SIGN_REQUEST", "YES")
    assert keys_of() is None


def test_a_signature_is_told_to_the_bucket_over_a_safe_connection_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_NO_SIGN_REQUEST"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "A")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "B")
    client, asked = BucketClient(parse_address("s3://scenes/a.tif")), {"Range": "bytes=0-9"}
    assert "Authorization" in client.headers(urlsplit(client.url()), asked)
    assert not client.headers(urlsplit(client.url().replace("https:", "http:")), asked)


def test_a_bucket_is_asked_in_its_region_and_one_with_dots_in_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "ap-northeast-2")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    found = BucketClient(parse_address("s3://scenes/a.tif")).url()
    assert found == "https://scenes.s3.ap-northeast-2.amazonaws.com/a.tif"
    found = BucketClient(parse_address("s3://my.scenes/a.tif")).url()
    assert found == "https://s3.ap-northeast-2.amazonaws.com/my.scenes/a.tif"
