"""Routers of the pages: refusals are pages, too, and none of this is part of the API's document."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request

from roost.dialects.pages.render import page_error
from roost.web.dialect import ErrorShape, dialect_router_by


def pages_router() -> APIRouter:
    return dialect_router_by(_shape_of, include_in_schema=False)


def _shape_of(request: Request) -> ErrorShape:
    return partial(page_error, request)
