"""What the Kotlin core asks of radio, system and network, answered by the simulated handset."""

from __future__ import annotations

import httpx
from dev.phone.clock import Stamp
from dev.phone.exchange import TIMEOUT
from dev.phone.handset import Handset
from mms import fetched, mms_store_of, put
from process import Message
from roost.domain.segments import segments_of


class Outside:
    """A method for each word of `ask`."""

    def __init__(self, handset: Handset, http: httpx.Client) -> None:
        self._handset = handset
        self._http = http
        self.messages = mms_store_of(handset.radio)

    def http(self, message: Message) -> Message:
        try:
            answer = self._http.request(
                message["method"], message["url"], content=message["body"].encode(), timeout=TIMEOUT,
                headers={**message["headers"], "Content-Type": "application/json"},
            )  # fmt: skip
        except httpx.HTTPError as error:
            return {"error": type(error).__name__}
        return {"status": answer.status_code, "body": answer.text, "retry_after": answer.headers.get("Retry-After")}

    def divide(self, message: Message) -> Message:
        return {"value": segments_of(message["text"]).count}

    def send(self, message: Message) -> Message:
        slot = message["slot"]
        self._handset.radio.send(
            (message["job_id"], message["attempt"]), (slot, self._handset.tray.sims[slot]),
            (message["to"], message["text"]), parts=message["parts"], wants_report=message["wants_report"],
        )  # fmt: skip
        return {}

    def send_mms(self, message: Message) -> Message:
        return self.send({**message, "parts": 1, "wants_report": False})

    def ussd(self, message: Message) -> Message:
        slot = message["slot"]
        place = (slot, self._handset.tray.sims[slot])
        self._handset.radio.run_ussd((message["job_id"], message["attempt"]), place, message["code"])
        return {}

    def mms_inbox(self, _: Message) -> Message:
        return {"value": self.messages.inbox()}

    def mms_part(self, message: Message) -> Message:
        return {"value": self.messages.part(message["handle"])}

    def media_fetch(self, message: Message) -> Message:
        return fetched(self._http, message["url"])

    def media_put(self, message: Message) -> Message:
        return put(self._http, message)

    def sent_box(self, message: Message) -> Message:
        return {"value": self._handset.sent_box_status(message["to"], message["text"], Stamp(*message["handed"]))}

    def inbox(self, _: Message) -> Message:
        texts = self._handset.radio.inbox()
        return {"value": [{name: getattr(sms, name) for name in sms.__slots__} for sms in texts]}
