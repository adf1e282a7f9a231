"""/services/get-devices.php"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response
from pydantic import BaseModel

from roost.dialects.sms8.answers import Envelope, answer, sms8_error
from roost.dialects.sms8.device_view import DeviceView, devices_of
from roost.dialects.sms8.router import Call, Fields, add_service, call_with
from roost.domain.api_keys import Scope
from roost.web.dialect import dialect_router

router = dialect_router(sms8_error)


class Devices(BaseModel):
    devices: list[DeviceView]


async def get_devices(call: Annotated[Call[Fields], Depends(call_with(Scope.DEVICES_READ, Fields))]) -> Response:
    """Every enabled device with its model and SIM slots; exactly one of them is the primary."""
    return answer({"devices": devices_of(call.caller)})


add_service(
    router,
    get_devices,
    "/services/get-devices.php",
    fields=Fields,
    response_model=Envelope[Devices],
    summary="List enabled devices",
)
