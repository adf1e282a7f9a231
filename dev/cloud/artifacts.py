"""The bucket that holds code and templates, each object named by its content."""

import hashlib
from typing import Any

from botocore.exceptions import ClientError

BUCKET = "artifacts"


class Artifacts:
    """Uploads once: an object that is already there is left alone."""

    def __init__(self, s3: Any, endpoint: str, region: str) -> None:
        self._s3 = s3
        self._endpoint = endpoint
        self._used: set[str] = set()
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        if not self._answers(s3.head_bucket, Bucket=BUCKET):
            s3.create_bucket(Bucket=BUCKET, **place)

    def upload_zip(self, content: bytes) -> dict[str, str]:
        """`{"Bucket", "Key"}` of a code package."""
        return {"Bucket": BUCKET, "Key": self._upload(content, "zip")}

    def upload_template(self, text: str) -> str:
        """URL of a template."""
        return f"{self._endpoint}/{BUCKET}/{self._upload(text.encode(), 'json')}"

    def remove_unused(self) -> None:
        """Delete what no upload of this object named: the engine has copies of what runs."""
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
            for entry in page.get("Contents", []):
                if entry["Key"] not in self._used:
                    self._s3.delete_object(Bucket=BUCKET, Key=entry["Key"])

    def _upload(self, content: bytes, suffix: str) -> str:
        key = f"{hashlib.sha256(content).hexdigest()}.{suffix}"
        self._used.add(key)
        if not self._answers(self._s3.head_object, Bucket=BUCKET, Key=key):
            self._s3.put_object(Bucket=BUCKET, Key=key, Body=content)
        return key

    @staticmethod
    def _answers(call: Any, **request: str) -> bool:
        try:
            call(**request)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise
        return True
