"""The bucket of what came in by MMS: links that let a phone put one object, or a caller get one, for a few minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from roost.domain.instants import MINUTE, SECOND

LINK_LIFETIME = 10 * MINUTE


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

    def _link(self, action: str, wanted: dict[str, Any]) -> str:
        return str(self.s3.generate_presigned_url(action, Params=wanted, ExpiresIn=LINK_LIFETIME // SECOND))
