"""The API reference: complete, valid, interactive, and served without a CDN."""

import re

import pytest
from openapi_spec_validator import validate

from tests.roost_fixtures import Tenant


@pytest.mark.capability("8MS-31")
def test_the_reference_page_and_all_it_loads_come_from_roost_itself(tenant: Tenant) -> None:
    page = tenant.http.get("/v1/docs", headers={"x-api-key": ""})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) >= 2
    for url in loaded:
        assert url.startswith("/v1/docs/"), url
        asset = tenant.http.get(url, headers={"x-api-key": ""})
        assert asset.status_code == 200
        assert len(asset.content) > 500
    assert "/v1/openapi.json" in page.text
    assert "//" not in page.text.replace("<!--", "").replace("/* ", ""), "nothing is loaded from elsewhere"


@pytest.mark.capability("8MS-31")
def test_the_document_validates_and_lists_every_route_with_its_errors(tenant: Tenant) -> None:
    document = tenant.http.get("/v1/openapi.json", headers={"x-api-key": ""}).json()
    validate(document)
    assert {"/v1/sms/send", "/v1/phones", "/v1/messages", "/v1/keys", "/messages/send"} <= set(document["paths"])
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            if path.startswith("/v1/"):
                assert {"401", "403", "422", "500"} <= set(operation["responses"]), (method, path)
                assert operation["security"], (method, path)


@pytest.mark.parametrize("asset", ["../app.py", "..%2f..%2fapp.py", "swagger-ui.js.map", "", "%2e%2e%2findex.css"])
def test_only_the_pages_own_files_are_served(tenant: Tenant, asset: str) -> None:
    answer = tenant.http.get(f"/v1/docs/{asset}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nope"), ("POST", "/v1/nope"), ("DELETE", "/v1/sms/send"), ("GET", "/messages/send")],
)
def test_an_unknown_route_is_a_json_404_that_says_where_to_look(tenant: Tenant, method: str, path: str) -> None:
    answer = tenant.http.request(method, path)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (404, "not_found")
    assert f"{method} {path}" in problem["detail"]
    assert "/v1/docs" in problem["detail"]
