"""What a site file says of certificates, held against the files it names."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from controller.site.site_model import CertificatesPart, SitePart
from controller.validation.criteria import read_criteria
from controller.yaml_source import Loc, YamlSource
from signal_drivers.errors import BadInput, CertificateRefused


def inspect_certificates(source: YamlSource[BadInput], said: SitePart, part: CertificatesPart, folder: Path) -> list[BadInput]:
    """Everything that is wrong with the part, each with its line. Certificates themselves are for
    :mod:`controller.validation.at_post`."""
    if find_spec("cryptography") is None:
        return [source.refuse(("certificates",), "checking them needs the field part of the install", "pip install "
                              "'mourour[field]'")]
    from controller.validation.keys import read_public

    wrong: list[BadInput] = []

    def refuse(at: Loc, what: str, mend: str) -> None:
        wrong.append(source.refuse(("certificates", *at), what, mend))

    if part.required and not part.trusted:
        refuse((), "certificates are required, and no key is trusted", "add trusted: [keys/NAME.pub.pem]")
    for i, name in enumerate(part.trusted):
        try:
            read_public(folder / name)
        except CertificateRefused as error:
            refuse(("trusted", i), f"{name}: {error.what}", error.mend or "name a public key")
    if part.criteria is not None:
        try:
            read_criteria(folder / part.criteria)
        except CertificateRefused as error:
            refuse(("criteria",), str(error), "mend that file")
    if part.required and not (folder / part.folder).is_dir():
        refuse(("folder",) if "folder" in part.model_fields_set else (), f"there is no folder {part.folder}",
               "make it, and put certificates there")
    cabinets = {c.junction for c in said.cabinets}
    for i, override in enumerate(part.overrides):
        for n, junction in enumerate(override.junctions):
            if junction not in cabinets:
                refuse(("overrides", i, "junctions", n), f"no cabinet here is of junction {junction!r}",
                       f"name one of {', '.join(sorted(cabinets)[:4])}, ...")
    return wrong
