"""A file of settings, checked with its lines."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from controller.service.settings import ServiceSettings
from controller.yaml_source import YamlSource, read_text
from signal_drivers.errors import SiteError

EXAMPLE = "for example new_per_minute: 30"


def read_settings(path: Path | None) -> ServiceSettings:
    """The defaults where there is no file. Raises :class:`SiteError` with line, key and mend."""
    if path is None:
        return ServiceSettings()
    source: YamlSource[SiteError] = YamlSource(read_text(path, "settings file", SiteError), path.name, SiteError, EXAMPLE)
    try:
        said = ServiceSettings.model_validate(source.raw)
    except ValidationError as fault:
        raise source.refuse_first(fault) from None
    return said.model_copy(update={"certificate_keys": tuple(str(path.parent / k) for k in said.certificate_keys)})
