"""The one way a function becomes an HTTP app and a Lambda handler."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request, Response
from mangum import Mangum
from starlette.exceptions import HTTPException

from roost.domain.errors import NotFound
from roost.web.dialect import request_id_of
from roost.web.problems import problem_response


def create_app(*routers: APIRouter) -> FastAPI:
    """No docs routes of its own: the whole system's document is served by `read_docs`."""
    app = FastAPI(title="Roost", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for router in routers:
        app.router.routes.extend(router.routes)  # as they are: include_router would wrap each router once more
    app.add_exception_handler(HTTPException, _no_such_route)
    return app


def lambda_handler(app: FastAPI) -> Mangum:
    return Mangum(app, lifespan="off")


async def _no_such_route(request: Request, _: Exception) -> Response:
    """Wrong paths and wrong methods alike: API Gateway sends both to the default route."""
    detail = f"No route {request.method} {request.url.path[:200]}. The routes are listed at /v1/docs"
    return problem_response(NotFound(detail), request_id_of(request))
