"""``mourour users ...``: accounts of the service, from the machine it runs on."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import Annotated

import typer

from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json, say
from simulation.cli.service_options import DataOption, ask_password, opened


class RoleChoice(StrEnum):
    viewer = "viewer"
    operator = "operator"
    engineer = "engineer"
    dispatch = "dispatch"
    admin = "admin"
    post = "post"


app = typer.Typer(no_args_is_help=True, help="Accounts of the service. *Comptes du service.*")
Name = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]


@app.command("add")
def add(name: Name, role: Annotated[RoleChoice, typer.Option(help="What it may do; see docs/service.md.")],
        data: DataOption = None) -> None:
    """Make an account. The password is asked for, or read from standard input.

    *Créer un compte. Le mot de passe est demandé, ou lu sur l'entrée standard.*

    Examples:

        mourour users add sara --role admin
        mourour users add post-anfa --role post < password.txt
    """
    with opened(data) as (store, audit):
        from controller.service.accounts import add_account
        from controller.service.roles import Role

        password = ask_password(name, twice=True)
        with store.writing() as connection:
            add_account(connection, audit, name, Role(role.value), password, time.time())
    say(f"{name}: {role.value}.")


@app.command("list")
def show(data: DataOption = None, json: JsonOption = False) -> None:
    """List accounts. *Lister les comptes.*"""
    with opened(data) as (store, _):
        from controller.service.accounts import all_accounts

        with store.reading() as connection:
            found = list(all_accounts(connection).values())
    if json:
        put_json({"users": [{"name": a.name, "role": a.role.value, "enabled": a.enabled} for a in found]})
        return
    if not found:
        say("no accounts yet · aucun compte (mourour users add NAME --role admin)")
        return
    from rich.table import Table

    table = Table("name", "role", "", box=None, pad_edge=False)
    for a in found:
        table.add_row(a.name, a.role.value, "" if a.enabled else "disabled · désactivé")
    console().print(table)


@app.command("password")
def password(name: Name, data: DataOption = None) -> None:
    """Give an account another password; all its tokens end. *Changer un mot de passe ; les jetons du compte prennent fin.*"""
    with opened(data) as (store, audit):
        from controller.service.accounts import change_password

        new = ask_password(name, twice=True)
        with store.writing() as connection:
            change_password(connection, audit, name, new, time.time())
    say(f"{name}: the password has been changed.")


@app.command("disable")
def disable(name: Name, data: DataOption = None) -> None:
    """Shut an account out; its tokens end within a second. *Désactiver un compte ; ses jetons prennent fin.*"""
    _enable(name, False, data)


@app.command("enable")
def enable(name: Name, data: DataOption = None) -> None:
    """Let an account in again. *Réactiver un compte.*"""
    _enable(name, True, data)


def _enable(name: str, on: bool, data: DataOption) -> None:
    with opened(data) as (store, audit):
        from controller.service.accounts import enable as switch

        with store.writing() as connection:
            switch(connection, audit, name, on, time.time())
    say(f"{name}: {'enabled' if on else 'disabled'}.")
