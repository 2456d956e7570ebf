"""Buckets (s3://bucket/key): where they are asked, and requests signed with the person's own AWS keys.

Source of the signature: AWS, "Signature Version 4 signing process", for GET without a body.
"""

import configparser
import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from segstudio.raster.address import Address
from segstudio.raster.remote_http import Client, OtherRegion, Part
from segstudio.raster.stop import Stop

_REGION = re.compile(r"[a-z0-9-]{2,40}")
_FIRST_REGION = "us-east-1"
_NO_BODY = hashlib.sha256(b"").hexdigest()
_YES = ("yes", "true", "1", "on")


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """An AWS access key; never shown."""

    id: str
    secret: str
    session: str = ""


class BucketClient(Client):
    """Asks a bucket in its own region, which the first answer tells where nobody has said it."""

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self._region = region_of()

    def part(self, start: int, length: int, stop: Stop) -> Part:
        """See `Client.part`."""
        try:
            return super().part(start, length, stop)
        except OtherRegion as other:
            if other.region == self._region or not _REGION.fullmatch(other.region):
                raise
            self._region = other.region
        return super().part(start, length, stop)

    def url(self) -> str:
        """The bucket's own host, or the endpoint that the environment names; see `Client.url`."""
        parts = urlsplit(self.address.text)
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        if endpoint:
            return f"{endpoint.rstrip('/')}/{parts.netloc}{parts.path}"
        # a certificate's asterisk holds for no dots: such a bucket goes into the path
        if "." in parts.netloc:
            return f"https://s3.{self._region}.amazonaws.com/{parts.netloc}{parts.path}"
        return f"https://{parts.netloc}.s3.{self._region}.amazonaws.com{parts.path}"

    def headers(self, to: SplitResult, asked: Mapping[str, str]) -> dict[str, str]:
        """A signature where the person has keys, for the bucket's host only; see `Client.headers`."""
        keys, own = keys_of(), urlsplit(self.url())
        if keys is None or (to.scheme, to.netloc) != (own.scheme, own.netloc):
            return {}
        payer = os.environ.get("AWS_REQUEST_PAYER")
        extra = {"x-amz-request-payer": payer} if payer else {}
        signed = {"Range": asked["Range"], **extra}
        return extra | sign(to, signed, keys, self._region, datetime.now(UTC))


def region_of() -> str:
    """AWS_REGION, AWS_DEFAULT_REGION or the profile's region."""
    found = (
        os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _profile().get("region", "")
    )
    return found if _REGION.fullmatch(found) else _FIRST_REGION


def keys_of() -> Keys | None:
    """The keys of the environment, else of the profile; None for requests without a signature."""
    env = os.environ
    if env.get("AWS_NO_SIGN_REQUEST", "").lower() in _YES:
        return None
    if "AWS_PROFILE" not in env and env.get("AWS_ACCESS_KEY_ID") and env.get("AWS_SECRET_ACCESS_KEY"):
        return Keys(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env.get("AWS_SESSION_TOKEN", ""))
    found = _profile()
    if "aws_access_key_id" not in found or "aws_secret_access_key" not in found:
        return None
    session = found.get("aws_session_token", "")
    return Keys(found["aws_access_key_id"], found["aws_secret_access_key"], session)


def sign(
    to: SplitResult, headers: Mapping[str, str], keys: Keys, region: str, moment: datetime
) -> dict[str, str]:
    """The headers that sign a GET of this URL; those given are signed with it."""
    time = moment.strftime("%Y%m%dT%H%M%SZ")
    own = {"x-amz-content-sha256": _NO_BODY, "x-amz-date": time}
    if keys.session:
        own["x-amz-security-token"] = keys.session
    signed = {name.lower(): value.strip() for name, value in {**headers, **own, "host": to.netloc}.items()}
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    request = f"GET\n{to.path}\n{to.query}\n{lines}\n{names}\n{_NO_BODY}"
    scope = f"{time[:8]}/{region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{keys.secret}".encode()
    for word in scope.split("/"):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    value = f"AWS4-HMAC-SHA256 Credential={keys.id}/{scope},SignedHeaders={names},Signature={signature}"
    return {**own, "Authorization": value}


def _profile() -> dict[str, str]:
    """What the person's AWS files say of the profile in use."""
    name = os.environ.get("AWS_PROFILE", "default")
    home = Path.home() / ".aws"
    files = (
        (
            os.environ.get("AWS_CONFIG_FILE") or home / "config",
            name if name == "default" else f"profile {name}",
        ),
        (os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or home / "credentials", name),
    )
    found: dict[str, str] = {}
    for file, section in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeError):
            continue
        if parser.has_section(section):
            found |= dict(parser.items(section))
    return found
