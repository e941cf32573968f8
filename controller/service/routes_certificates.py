"""Certificates of validation: kept for engineers, listed for all."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from controller.service.access import Engineer, Onlooker, PostAccount, Served, words
from controller.service.answers import answer
from controller.service.certificates import CertificateStatus
from controller.service.problem import Kind
from controller.service.routes_posts import PostName, only_own
from controller.service.said import Id, JunctionName, SaidCertificate, SaidOverrides

router = APIRouter(tags=["certificates"])
Number = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="The certificate's id")]


class CertificateList(BaseModel):
    certificates: list[CertificateStatus]


@router.post("/certificates", status_code=201, response_model=CertificateStatus, **words(
    "Keep a certificate of validation", "Archiver un certificat de validation", Kind.NOT_TRUSTED))
async def keep(said: SaidCertificate, caller: Engineer, service: Served) -> Response:
    """The file that `mourour validate` wrote, as it is. It must be signed by a key of the service's settings
    (`certificate_keys`), in its time, and meet its own criteria. One that is kept already is answered with 200.

    *Le fichier écrit par `mourour validate`, tel quel ; la clé doit être connue du service.*
    """
    kept, new = await service.certificates.keep(said, caller)
    return answer(kept, 201 if new else 200)


@router.get("/certificates", response_model=CertificateList, **words("Certificates that are kept", "Certificats archivés"))
def certificates(caller: Onlooker, service: Served, junction: Annotated[JunctionName | None, Query()] = None,
                 strategy: Annotated[Id | None, Query()] = None) -> Response:
    """The newest first; of a junction or a strategy, where one is named."""
    return answer(CertificateList(certificates=service.certificates.all(junction=junction, strategy=strategy)))


@router.get("/certificates/{certificate}", response_model=dict[str, Any], **words(
    "One certificate, as it was signed", "Un certificat, tel que signé", Kind.UNKNOWN))
def certificate(certificate: Number, caller: Onlooker, service: Served) -> Response:
    """The file itself, for `mourour certificates check` or another program."""
    return Response(service.certificates.text(certificate), media_type="application/json")


@router.post("/posts/{post}/overrides", status_code=204, **words(
    "What a post runs without a certificate, by an engineer's word", "Dérogations en vigueur dans un poste"))
async def overridden(post: PostName, said: SaidOverrides, caller: PostAccount, service: Served) -> Response:
    """Once a start of the post; each becomes a row of the log of commands. The same `run` again changes nothing.

    *À chaque démarrage du poste ; chaque dérogation est inscrite au journal des commandes.*
    """
    only_own(post, caller)
    await service.certificates.overridden(post, said, caller)
    return Response(status_code=204)
