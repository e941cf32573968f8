"""``mourour certificates ...``: keys that sign, certificates looked at and checked."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signal_drivers.errors import BadInput
from simulation.cli import certificates_kept
from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json, say

if TYPE_CHECKING:
    from rich.table import Table

    from controller.validation.certificate import Certificate

app = typer.Typer(no_args_is_help=True, help="Keys and certificates of validation. *Clés et certificats de validation.*")
app.command("push")(certificates_kept.push)
app.command("list")(certificates_kept.listing)
PASSWORD_VARIABLE = "MOUROUR_KEY_PASSWORD"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
CertificateFile = Annotated[Path, typer.Argument(metavar="FILE", help="A certificate that `mourour validate` signed.")]


def need_signing() -> None:
    """Raise :class:`BadInput` unless keys can be handled."""
    from simulation.cli.extras import need

    need("sign")


def key_password(key: Path) -> str:
    """Of a private key that has one: from the environment, typed unseen, or the first line of standard input."""
    import getpass

    told = os.environ.get(PASSWORD_VARIABLE)
    if told is not None:
        return told
    if sys.stdin.isatty():
        return getpass.getpass(f"Password of {key} · mot de passe : ")
    return sys.stdin.readline().rstrip("\r\n")


@app.command("key")
def key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who will sign with it; letters, digits, - and _.")],
    password: Annotated[bool, typer.Option("--password", help="Lock it with a password, asked for now and at every use "
                                           f"({PASSWORD_VARIABLE} goes before).")] = False,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where NAME.key.pem and NAME.pub.pem go.")] = Path("keys"),
    json: JsonOption = False,
) -> None:
    """Make a pair of Ed25519 keys: NAME.key.pem signs and stays with you, NAME.pub.pem is given to posts and to the service.

    *Créer une paire de clés : la clé privée signe et reste chez vous ; la clé publique va aux postes et au service.*

    Examples:

        mourour certificates key sara --password --out ~/.mourour-keys
    """
    need_signing()
    from controller.validation.keys import make_keys

    if not NAME.fullmatch(name):
        raise BadInput(f"{name!r} is no name for a key", where="NAME", mend="letters, digits, - and _, for example sara")
    lock = _new_password(name) if password else None
    private, public, number = make_keys(out, name, lock)
    if json:
        put_json({"id": number, "private": str(private), "public": str(public)})
        return
    console().print(f"key {number}\n  signs, for you alone · signe, à garder secrète : {private}\n"
                    f"  for posts and the service · pour les postes et le service : {public}", soft_wrap=True, markup=False)


def _new_password(name: str) -> str:
    told = os.environ.get(PASSWORD_VARIABLE)
    if told is None:
        from simulation.cli.service_options import ask_password

        told = ask_password(f"key {name}", twice=True)
    if len(told) < 8:
        raise BadInput(f"the password has {len(told)} characters", where=f"key {name}", mend="8 or more")
    return told


@app.command("show")
def show(
    file: CertificateFile,
    body: Annotated[bool, typer.Option("--body", help="Print the bytes that are signed, and nothing else, for other programs to "
                                       "check.")] = False,
    json: JsonOption = False,
) -> None:
    """Show what a certificate says: what was run, what came of it, who signed it. Whether that is true, `check` says.

    *Afficher un certificat.*

    Examples:

        mourour certificates show certificates/far-predictive-5f0c93d1a2b4e677.json
        mourour certificates show FILE --body > body.json
    """
    from controller.validation.certificate import read

    certificate = read(file)
    if body:
        sys.stdout.buffer.write(certificate.signed)
        sys.stdout.flush()
        return
    if json:
        put_json(_told(certificate))
        return
    _print(certificate)


@app.command("check")
def check(
    file: CertificateFile,
    key: Annotated[list[Path], typer.Option("--key", metavar="FILE", help="A public key that is trusted; may be repeated.")],
    scenario: Annotated[list[str] | None, typer.Option("--scenario", metavar="SCENARIO", help="Make this scenario of the "
                        "certificate here too, and say whether it is the same; may be repeated.")] = None,
    criteria: Annotated[Path | None, typer.Option(metavar="FILE", help="Judge its figures by these criteria; by the usual ones "
                                                  "if not given.")] = None,
    json: JsonOption = False,
) -> None:
    """Say whether a certificate is good now: signed by a key you trust, unchanged, in its time, and its figures enough.

    Exit code 2 and one line for the first thing that is wrong with it; 1 where its figures do not meet the criteria.

    *Vérifier un certificat : signature, dates, critères.*

    Examples:

        mourour certificates check FILE --key keys/sara.pub.pem
        mourour certificates check FILE --key sara.pub.pem --scenario far@evening --criteria ours.yaml
    """
    need_signing()
    from controller.validation.certificate import read
    from controller.validation.criteria import USUAL, read_criteria
    from controller.validation.enough import enough
    from controller.validation.keys import read_public

    certificate, trusted = read(file), [read_public(k) for k in key]
    asked = read_criteria(criteria) if criteria is not None else USUAL
    by = certificate.check(trusted, time.time())
    for spec in scenario or ():
        _same_scenario(certificate, spec)
    short = enough(certificate.body, asked)
    if json:
        put_json({"good": not short, "id": certificate.id, "key": by.id, "key_name": by.name, "why": short})
    elif not short:
        say(f"[green]good · valable[/]: {certificate.id}, signed by {by.name} ({by.id}) for {certificate.body.engineer}, until "
            f"{certificate.body.valid_until:%Y-%m-%d %H:%M} UTC")
    if short:
        say(f"[bold red]not enough · insuffisant[/]: {short}")
        raise typer.Exit(1)


def _same_scenario(certificate: Certificate, spec: str) -> None:
    from signal_drivers.errors import CertificateRefused
    from simulation.validation.again import mark_again

    told = next((s for s in certificate.body.scenarios if s.name == spec), None)
    if told is None:
        known = ", ".join(s.name for s in certificate.body.scenarios)
        raise CertificateRefused(f"was not made with scenario {spec}", where=certificate.where, mend=f"it has {known}")
    if mark_again(told) != told.sha256:
        raise CertificateRefused(f"scenario {spec} is not the one it was made with", where=certificate.where,
                                 mend="another net, demand, SUMO or mourour? validate anew: mourour validate")


def _told(certificate: Certificate) -> dict[str, Any]:
    return {"id": certificate.id, "signature": certificate.signature, "body": certificate.body.model_dump(mode="json")}


def _print(certificate: Certificate) -> None:
    body = certificate.body
    what = body.strategy.name + (f", plans {', '.join(body.plans)}" if body.plans else "")
    seeds = sorted({r.seed for r in body.runs})
    for line in (f"{what}, {len(body.network.junctions)} junctions: {', '.join(body.network.junctions)}",
                 f"id {certificate.id}, signed by {body.engineer} with key {body.key_id} (unchecked: mourour certificates check)",
                 f"validated {body.validated_at:%Y-%m-%d %H:%M} UTC, good until {body.valid_until:%Y-%m-%d %H:%M} UTC",
                 f"seeds {', '.join(map(str, seeds))}; made with "
                 + ", ".join(f"{name} {number}" for name, number in body.versions.items())):
        console().print(line, soft_wrap=True, markup=False)
    console().print(_table(certificate))


def _table(certificate: Certificate) -> Table:
    from controller.validation.judge import judge
    from simulation.validation.table import judged_table

    body = certificate.body
    return judged_table("Figures · Mesures", judge(body.criteria, body.figures), body.criteria.reference)
