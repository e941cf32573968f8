"""What a site file may say: one post, its strategy, its cabinets and where its papers lie."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, model_validator

from controller.plans.model import Name, Part

Port = Annotated[int, Field(ge=1, le=65535)]
NULLS = frozenset({"null", "Null", "NULL", "~", ""})
"""How YAML writes nothing (core schema); scalars come as text."""
MAY_BE_NONE = ("plans", "archive", "clips", "http", "security", "service")


class SecurityPart(Part):
    """Papers of the post, PEM files beside the site file or by full path. The password lies in a file of its own, which only the
    daemon's user should be able to read; it stands in no configuration."""

    authority: Name
    certificate: Name
    key: Name
    user: Name = "post"
    password_file: Name | None = None


class CabinetPart(Part):
    """One control unit (armoire). ``tls`` is for Modbus; OPC UA is always signed and encrypted, unless ``insecure_for_tests``."""

    junction: Name
    protocol: Literal["modbus", "opcua"]
    host: Name
    port: Port
    tls: bool = False
    insecure_for_tests: bool = False


class CameraPart(Part):
    """One camera of the post. ``file`` is its site file (`mourour calibrate`), which names its source where ``source`` does not;
    its lanes are those of the network."""

    file: Name
    source: Name | None = None
    detector: Literal["background", "yolo"] | None = None
    weights: Name | None = None
    size_px: int | None = Field(default=None, ge=64, le=4096)
    at_most_fps: float = Field(default=10.0, ge=0.2, le=60)
    ambulances: bool = False
    """Look for ambulances, by a blue light that flashes or by ``ambulance_weights``: a hint for dispatch, no more."""
    ambulance_weights: Name | None = None


class LadderPart(Part):
    """When the post steps down from its strategy to plans and on to the cabinets' own, and up again."""

    bad_approaches: float = Field(default=0.5, gt=0, le=1)
    """Share of a junction's approaches without a good view that is too many."""
    down_after_s: float = Field(default=30.0, ge=0)
    up_after_s: float = Field(default=120.0, ge=0)


class ServicePart(Part):
    """The service that this post is a part of. The password lies in a file of its own; ``account`` is the post's name if left
    out. ``authority`` signed the service's certificate, where the system does not know it."""

    url: str = Field(pattern=r"^https?://[^\s]+$")
    password_file: Name
    account: Name | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    authority: Name | None = None


class OverridePart(Part):
    """An engineer's word for junctions that have no certificate, by name, with a reason and an end."""

    junctions: tuple[Name, ...] = Field(min_length=1)
    engineer: Name
    reason: str = Field(min_length=10, max_length=300)
    until: AwareDatetime


class CertificatesPart(Part):
    """Proof of validation (``mourour validate``). Where it is ``required``, the post runs no strategy and no plan at a junction
    without a certificate in ``folder``, signed by a key of ``trusted``, whose figures meet ``criteria`` (the usual ones if left
    out)."""

    required: bool
    folder: Name = "certificates"
    trusted: tuple[Name, ...] = ()
    criteria: Name | None = None
    overrides: tuple[OverridePart, ...] = ()


class SitePart(Part):
    """The whole file."""

    mourour_site: Literal["1"]
    post: Name
    network: Name
    strategy: Name = "actuated"
    plans: Name | None = None
    period_s: float = Field(default=1.0, ge=0.1, le=5.0)
    seed: int = Field(default=1, ge=0)
    archive: Name | None = None
    clips: Name | None = None
    """Folder for clips of incidents, of those cameras whose own file asks for some; none are kept if left out."""
    http: str | None = Field(default="127.0.0.1:9108", pattern=r"^[^:\s]+:\d{1,5}$")
    keep_clocks: bool = True
    security: SecurityPart | None = None
    service: ServicePart | None = None
    """Emergencies come from there; none do if left out."""
    certificates: CertificatesPart | None = None
    """A post with cabinets on other machines must say whether it asks for them."""
    ladder: LadderPart = LadderPart()
    cabinets: tuple[CabinetPart, ...] = Field(min_length=1)
    cameras: tuple[CameraPart, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _nothing(cls, said: Any) -> Any:
        """``http: null`` and its like switch off."""
        if not isinstance(said, dict):
            return said
        return said | {key: None for key in MAY_BE_NONE if isinstance(said.get(key), str) and said[key] in NULLS}


