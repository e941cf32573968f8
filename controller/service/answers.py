"""Answers made straight from their models, without being looked through a second time."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Response
from pydantic import BaseModel


def answer(model: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(model.model_dump_json(by_alias=True), status, dict(headers or {}), "application/json")
