"""Wake pushes through firebase-admin, for the functions that push: no other carries that library."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import firebase_admin
from firebase_admin import credentials, exceptions, messaging
from google.auth.exceptions import GoogleAuthError
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from roost.domain.pushes import PushResult

FCM_URL = "https://fcm.googleapis.com"
TIMEOUT_SECONDS = 5
WAKE_TTL_SECONDS = 3_600

ONE_TRY = Retry(
    total=1, connect=1, read=0, status=0, redirect=0, respect_retry_after_header=False, raise_on_status=False
)
"""The library's own retries obey Retry-After inside the call: a 429 with 60 s slept 240 s. Here a failed wake returns,
and the next wake or the phone's poll makes up for it."""


RESULT_OF: Mapping[type[Exception], PushResult] = MappingProxyType(
    {
        messaging.UnregisteredError: PushResult.LOST,
        exceptions.InvalidArgumentError: PushResult.LOST,
        exceptions.NotFoundError: PushResult.MISCONFIGURED,
        exceptions.PermissionDeniedError: PushResult.MISCONFIGURED,
        exceptions.ResourceExhaustedError: PushResult.THROTTLED,
    }
)
"""Anything else (5xx, time-outs, a refused access token) passes: `unavailable`."""


class Fcm:
    """The owner's Firebase project. One per warm environment: the access token is kept inside."""

    def __init__(self, service_account: Mapping[str, Any], fcm_url: str | None = None) -> None:
        """Raises ValueError when `service_account` is not the JSON of a Google service account."""
        self._app = firebase_admin.initialize_app(
            credentials.Certificate(dict(service_account)),
            {"httpTimeout": TIMEOUT_SECONDS},
            name=uuid4().hex,  # the library keeps apps by name and refuses a second of one name
        )
        session = messaging._get_messaging_service(self._app)._client.session
        session.mount(FCM_URL, _OneTryAdapter(fcm_url or FCM_URL))

    def wake(self, token: str, nonce: str, *, at_once: bool) -> PushResult:
        """Ask the phone to call. The push says nothing else: no text, no number, no id (protocol §17).

        `at_once`: also while it dozes; otherwise at its next maintenance window.
        """
        message = messaging.Message(
            token=token,
            data={"v": "1", "t": "wake", "n": nonce},
            android=messaging.AndroidConfig(priority="high" if at_once else "normal", ttl=WAKE_TTL_SECONDS),
        )
        try:
            messaging.send(message, app=self._app)
        except (exceptions.FirebaseError, GoogleAuthError) as error:
            return next(
                (result for kind, result in RESULT_OF.items() if isinstance(error, kind)), PushResult.UNAVAILABLE
            )
        return PushResult.ACCEPTED


class _OneTryAdapter(HTTPAdapter):
    """Bounds the tries, and sends to the stand-in where one is configured."""

    def __init__(self, base_url: str) -> None:
        super().__init__(max_retries=ONE_TRY)
        self._base_url = base_url

    def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        request.url = (request.url or "").replace(FCM_URL, self._base_url, 1)
        return super().send(request, *arguments, **options)
