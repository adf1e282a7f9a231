"""The bucket of files: links by which others put or get one object for a few minutes, and what we read ourselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from roost.domain.instants import MINUTE, SECOND

LINK_LIFETIME = 10 * MINUTE
PIECE = 64 * 1_024


@dataclass(frozen=True, slots=True)
class MediaStore:
    """Making a link asks nobody: it is signed here. `s3`: a boto3 client."""

    s3: Any
    bucket: str

    def upload_link(self, key: str, content_type: str, size: int) -> str:
        """For a PUT of exactly this type and size: S3 refuses another."""
        wanted = {"Bucket": self.bucket, "Key": key, "ContentType": content_type, "ContentLength": size}
        return self._link("put_object", wanted)

    def download_link(self, key: str, content_type: str) -> str:
        """Answered as a download: a browser must not run what a stranger sent."""
        wanted = {
            "Bucket": self.bucket,
            "Key": key,
            "ResponseContentType": content_type,
            "ResponseContentDisposition": "attachment",
        }
        return self._link("get_object", wanted)

    def put(self, key: str, content: bytes, content_type: str) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=content, ContentType=content_type)

    def size_of(self, key: str) -> int | None:
        """In bytes; None if there is no such object."""
        try:
            return int(self.s3.head_object(Bucket=self.bucket, Key=key)["ContentLength"])
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
                return None
            raise

    def read_from(self, key: str, offset: int, size: int) -> Iterator[bytes]:
        """The bytes from `offset` on of an object of `size`, in pieces as they are asked for."""
        if offset >= size:
            return
        body = self.s3.get_object(Bucket=self.bucket, Key=key, Range=f"bytes={offset}-{size - 1}")["Body"]
        yield from body.iter_chunks(PIECE)

    def _link(self, action: str, wanted: dict[str, Any]) -> str:
        return str(self.s3.generate_presigned_url(action, Params=wanted, ExpiresIn=LINK_LIFETIME // SECOND))
