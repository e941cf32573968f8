"""Tokens, and whether the service is well."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import OAuth2PasswordRequestForm

from controller.service.access import Anybody, Served, words
from controller.service.accounts import NAME
from controller.service.answers import answer
from controller.service.login import Attempt
from controller.service.problem import Kind, described
from controller.service.refused_log import CLAIMED
from controller.service.told import Me, Token, moment

router = APIRouter(tags=["session"])


@router.post("/token", response_model=Token, summary="Log in: a token for a name and a password",
             openapi_extra={"x-summary-fr": "Se connecter : un jeton contre un nom et un mot de passe"},
             responses=described(Kind.BAD_LOGIN, Kind.LOCKED))
async def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()], request: Request, service: Served) -> Response:
    """A token is good for a quarter of an hour. Wrong passwords are counted; too many lock the name for that address.

    *Un jeton vaut un quart d'heure. Trop de mots de passe incorrects bloquent le nom pour cette adresse.*
    """
    name = form.username if NAME.fullmatch(form.username) else "?"
    address = request.client.host if request.client is not None else "?"
    request.scope[CLAIMED] = name
    token, account = await service.login.token(Attempt(name, form.password, address[:64]), service.clock())
    return answer(Token(access_token=token, expires_in=int(service.settings.token_s), role=account.role.value))


@router.get("/me", response_model=Me, **words("Whose token this is", "À qui est ce jeton"))
async def who_am_i(caller: Anybody) -> Response:
    return answer(Me(name=caller.name, role=caller.role.value, token_expires_at=moment(caller.expires_s)))


@router.get("/health", summary="Whether the service is well", openapi_extra={"x-summary-fr": "État du service"})
async def health(service: Served) -> dict[str, Any]:
    """Open to everybody; says nothing but this. *Ouvert à tous ; ne dit rien d'autre.*"""
    return {"well": True}
