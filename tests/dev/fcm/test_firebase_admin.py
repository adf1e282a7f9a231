"""The real firebase-admin against the stand-in: signing, sending, and its exception for each error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import firebase_admin
import httpx
import pytest
from firebase_admin import credentials, exceptions, messaging
from google.auth.exceptions import RefreshError
from requests.adapters import HTTPAdapter

from dev.fcm.fcm_errors import ERRORS
from dev.fcm.stand_in import FcmStandIn

EXCEPTION_BY_ERROR = {
    "INVALID_ARGUMENT": exceptions.InvalidArgumentError,
    "UNAUTHENTICATED": exceptions.UnauthenticatedError,
    "THIRD_PARTY_AUTH_ERROR": messaging.ThirdPartyAuthError,
    "SENDER_ID_MISMATCH": messaging.SenderIdMismatchError,
    "PERMISSION_DENIED": exceptions.PermissionDeniedError,
    "UNREGISTERED": messaging.UnregisteredError,
    "QUOTA_EXCEEDED": messaging.QuotaExceededError,
    "INTERNAL": exceptions.InternalError,
    "UNAVAILABLE": exceptions.UnavailableError,
}


@pytest.fixture
def firebase(stand_in: FcmStandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An app of the owner's project. The library's own retries sleep, so they are off."""
    url = f"{stand_in.base_url}/v1/projects/{{0}}/messages:send"
    monkeypatch.setattr(messaging._MessagingService, "FCM_URL", url)
    settings = stand_in.firebase_settings()
    app = firebase_admin.initialize_app(credentials.Certificate(settings["service_account"]), name="test")
    session = messaging._get_messaging_service(app)._client.session
    session.mount("http://", HTTPAdapter(max_retries=0))
    yield app
    session.close()
    firebase_admin.delete_app(app)


def a_message(token: str, **members: Any) -> Any:
    android = messaging.AndroidConfig(priority="high", ttl=3600)
    return messaging.Message(
        **{"token": token, "data": {"v": "1", "t": "wake", "n": "n81"}, "android": android} | members
    )


def test_a_wake_sent_by_firebase_admin_reaches_the_phone(stand_in: FcmStandIn, firebase: Any) -> None:
    token = httpx.post(f"{stand_in.base_url}/device/register", json={"project_id": "roost-local"}).json()["token"]
    assert messaging.send(a_message(token), app=firebase).startswith("projects/roost-local/messages/")
    (push,) = httpx.get(f"{stand_in.base_url}/device/pushes", params={"token": token, "wait": 5}).json()
    assert push["data"] == {"v": "1", "t": "wake", "n": "n81"}
    (sent,) = httpx.get(f"{stand_in.base_url}/control/log").json()
    assert (sent["token"], sent["priority"], sent["ttl_seconds"]) == (token, "high", 3_600)


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_an_error_arrives_as_its_firebase_exception(stand_in: FcmStandIn, firebase: Any, name: str) -> None:
    token = stand_in.register("roost-local")
    fault = {"kind": "error", "error": name, "times": None, "retry_after_seconds": 60}
    httpx.post(f"{stand_in.base_url}/control/faults", json=fault).raise_for_status()
    with pytest.raises(EXCEPTION_BY_ERROR[name]) as refused:
        messaging.send(a_message(token), app=firebase)
    assert refused.value.http_response.headers["Retry-After"] == "60"
    httpx.request("DELETE", f"{stand_in.base_url}/control/faults").raise_for_status()
    messaging.send(a_message(token), app=firebase)


def test_an_unknown_registration_is_unregistered(stand_in: FcmStandIn, firebase: Any) -> None:
    token = stand_in.register("roost-local")
    stand_in.unregister(token)
    with pytest.raises(messaging.UnregisteredError):
        messaging.send(a_message(token), app=firebase)


def test_a_dry_run_reaches_nobody(stand_in: FcmStandIn, firebase: Any) -> None:
    token = stand_in.register("roost-local")
    messaging.send(a_message(token), dry_run=True, app=firebase)
    assert stand_in.sent() == []


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"data": {"from": "me"}}, "Invalid data payload key"),
        ({"data": {"gcm.x": "me"}}, "Invalid data payload key"),
        ({"data": {"text": "x" * 4_097}}, "too big"),
    ],
)
def test_a_payload_that_fcm_refuses_is_refused(
    stand_in: FcmStandIn, firebase: Any, members: dict[str, Any], complaint: str
) -> None:
    token = stand_in.register("roost-local")
    with pytest.raises(exceptions.InvalidArgumentError, match=complaint):
        messaging.send(a_message(token, **members), app=firebase)


def test_an_expired_access_token_is_refreshed_once(stand_in: FcmStandIn, firebase: Any) -> None:
    token = stand_in.register("roost-local")
    messaging.send(a_message(token), app=firebase)
    stand_in.forget_access_tokens()
    messaging.send(a_message(token), app=firebase)
    assert len(stand_in.sent()) == 2


def test_a_key_of_another_stand_in_buys_no_access_token(stand_in: FcmStandIn, firebase: Any) -> None:
    other = firebase_settings_with_foreign_key(stand_in)
    app = firebase_admin.initialize_app(credentials.Certificate(other["service_account"]), name="foreign")
    try:
        with pytest.raises(RefreshError, match="Invalid JWT Signature"):
            messaging.send(a_message(stand_in.register("roost-local")), app=app)
    finally:
        firebase_admin.delete_app(app)
    assert stand_in.sent() == []


def firebase_settings_with_foreign_key(stand_in: FcmStandIn) -> dict[str, Any]:
    from cryptography.hazmat.primitives.asymmetric import rsa

    from dev.fcm.service_account import ServiceAccountKey, firebase_settings

    key = ServiceAccountKey(rsa.generate_private_key(public_exponent=65_537, key_size=2_048))
    return firebase_settings(stand_in.base_url, key=key)
