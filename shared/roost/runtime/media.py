"""The warm environment's bucket of media."""

from __future__ import annotations

from functools import cache

import boto3
from botocore.config import Config

from roost.outbound.media_store import MediaStore
from roost.runtime.settings import settings


@cache
def media_store() -> MediaStore:
    """Virtual addressing makes links of the bucket's own region; the global ones redirect, which breaks a PUT."""
    config = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    return MediaStore(boto3.client("s3", config=config), settings().media_bucket)
