"""POST /phone/v1/media: where to put the parts of an MMS that came in (protocol §20)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends
from pydantic import BaseModel, Field

from roost.dialects.phone.router import bounded_body, phone_router
from roost.domain.attachments import CONTENT_TYPE, MOST_PART_BYTES_IN, MOST_PARTS_IN, media_id
from roost.domain.instants import rfc3339
from roost.outbound.media_store import LINK_LIFETIME
from roost.usecases.media import Upload, upload_links
from roost.web.caller import PhoneCaller, calling_phone

router = phone_router()


class WirePart(BaseModel):
    ref: str = Field(min_length=1, max_length=200)
    content_type: str = Field(pattern=f"^{CONTENT_TYPE.pattern}$")
    size: int = Field(ge=0, le=MOST_PART_BYTES_IN)


class MediaRequest(BaseModel):
    """A phone fetches what it sends by the URLs in its job, so there is nothing to download here."""

    op: Literal["upload"]
    parts: list[WirePart] = Field(min_length=1, max_length=MOST_PARTS_IN)


@router.post("/media", dependencies=[Depends(bounded_body)], summary="Where to put parts of an MMS")
async def media(request: MediaRequest, caller: Annotated[PhoneCaller, Depends(calling_phone)]) -> dict[str, Any]:
    """Asked again with the same `ref`, the answer names the same object."""
    uploads = [Upload(media_id(part.ref), part.content_type, part.size) for part in request.parts]
    links = upload_links(caller.phone, uploads)
    expires_at = rfc3339(caller.deps.now() + LINK_LIFETIME)
    return {
        "parts": [
            {
                "ref": part.ref,
                "media_id": upload.media,
                "method": "PUT",
                "url": link,
                "headers": {"content-type": part.content_type},
                "expires_at": expires_at,
            }
            for part, upload, link in zip(request.parts, uploads, links, strict=True)
        ]
    }
