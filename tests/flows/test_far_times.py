"""Times far from any message. One day is one read, so a walk through sixteen centuries would be no answer at all."""

from __future__ import annotations

import pytest

from tests.roost_fixtures import Tenant

LISTS = ("/v1/messages", "/v1/ussd", "/v1/calls")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("until", ["0403-09-29T13:00:43Z", "0123-03-02T21:40:37Z", "1969-12-31T23:59:59Z"])
def test_before_everything_there_is_nothing(tenant: Tenant, path: str, until: str) -> None:
    answer = tenant.http.get(path, params={"since": "0123-03-02T21:40:36Z", "until": until})
    assert (answer.status_code, answer.json()["data"], answer.json()["next_cursor"]) == (200, [], None)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+20:05", "9999-12-31T23:59:59-20:05", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_are_times_too(tenant: Tenant, path: str, at: str) -> None:
    for params in ({"since": at}, {"until": at}, {"since": at, "until": at}):
        assert tenant.http.get(path, params=params).status_code in {200, 422}
