"""An HTTP API's OpenAPI `Body` as routes, integrations and authorizers: the engine ignores `Body`."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

Resources = dict[str, Any]

INTEGRATION = "x-amazon-apigateway-integration"
AUTHORIZER = "x-amazon-apigateway-authorizer"
CORS = "x-amazon-apigateway-cors"
ANY_METHOD = "x-amazon-apigateway-any-method"


def expand_http_api(name: str, api: dict[str, Any]) -> tuple[Resources, dict[str, Any]]:
    """(resources that replace the API's Body, CORS configuration or {}); `api` is changed in place."""
    properties = api["Properties"]
    body = properties.pop("Body")
    properties.pop("FailOnWarnings", None)
    properties["ProtocolType"] = "HTTP"
    properties.setdefault("Name", body.get("info", {}).get("title", name))
    made: Resources = {}
    authorizers = {
        scheme: _add(made, name, "Authorizer", _authorizer(name, scheme, described[AUTHORIZER]))
        for scheme, described in body.get("components", {}).get("securitySchemes", {}).items()
        if AUTHORIZER in described
    }
    for route_key, operation in _operations(body):
        integration = _add(made, name, "Integration", _integration(name, operation[INTEGRATION]))
        route = {
            "ApiId": {"Ref": name},
            "RouteKey": route_key,
            "Target": {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]},
            **_security(operation, authorizers),
        }
        made[f"{name}Route{_digest(route_key)}"] = {"Type": "AWS::ApiGatewayV2::Route", "Properties": route}
    return made, _capitalised(body.get(CORS, {}))


def route_key_of(method: str, path: str) -> str:
    """API Gateway's name of a route: `GET /v1/phones`, `ANY /x`, `$default`."""
    if path in ("$default", "/$default"):
        return "$default"
    return f"{'ANY' if method.lower() in ('any', ANY_METHOD) else method.upper()} {path}"


def _operations(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in body.get("paths", {}).items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and INTEGRATION in operation:
                yield route_key_of(method, path), operation


def _integration(api: str, described: dict[str, Any]) -> dict[str, Any]:
    return {
        "ApiId": {"Ref": api},
        "IntegrationType": described["type"].upper(),
        "IntegrationMethod": described["httpMethod"],
        "IntegrationUri": described["uri"],
        "PayloadFormatVersion": described["payloadFormatVersion"],
    }


def _authorizer(api: str, scheme: str, described: dict[str, Any]) -> dict[str, Any]:
    return {
        "ApiId": {"Ref": api},
        "Name": scheme,
        "AuthorizerType": described["type"].upper(),
        "AuthorizerUri": described.get("authorizerUri"),
        "AuthorizerPayloadFormatVersion": str(described.get("authorizerPayloadFormatVersion", "2.0")),
        "EnableSimpleResponses": described.get("enableSimpleResponses", True),
        "IdentitySource": described.get("identitySource", ["$request.header.Authorization"]),
    }


def _security(operation: dict[str, Any], authorizers: dict[str, str]) -> dict[str, Any]:
    for requirement in operation.get("security", []):
        for scheme in requirement:
            if scheme in authorizers:
                return {"AuthorizationType": "CUSTOM", "AuthorizerId": {"Ref": authorizers[scheme]}}
    return {}


def _add(made: Resources, api: str, kind: str, properties: dict[str, Any]) -> str:
    # named by content: an update then replaces only what changed, and equal integrations are one
    name = f"{api}{kind}{_digest(json.dumps(properties, sort_keys=True))}"
    made[name] = {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": properties}
    return name


def _capitalised(cors: dict[str, Any]) -> dict[str, Any]:
    return {key[:1].upper() + key[1:]: value for key, value in cors.items()}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
