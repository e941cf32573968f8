"""Whose certificates are believed: those that one of the authorities in a file signed, within their dates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from asyncua import ua
from asyncua.crypto.validator import CertificateValidator, CertificateValidatorOptions
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from signal_drivers.errors import NotTrusted

NOT_TRUSTED = frozenset({
    ua.StatusCodes.BadCertificateUntrusted, ua.StatusCodes.BadCertificateTimeInvalid, ua.StatusCodes.BadCertificateUriInvalid,
    ua.StatusCodes.BadCertificateInvalid, ua.StatusCodes.BadCertificateUseNotAllowed, ua.StatusCodes.BadCertificateRevoked,
    ua.StatusCodes.BadSecurityChecksFailed, ua.StatusCodes.BadUserAccessDenied, ua.StatusCodes.BadIdentityTokenRejected,
    ua.StatusCodes.BadIdentityTokenInvalid, ua.StatusCodes.BadSecurityPolicyRejected})
"""What a server answers to papers or a login it does not accept."""


class Authorities:
    """Authorities' certificates of a PEM file, as asyncua's validator asks a trust store. Raises :class:`NotTrusted` for a file
    without any."""

    def __init__(self, file: Path) -> None:
        try:
            self._authorities = x509.load_pem_x509_certificates(file.read_bytes())
        except (OSError, ValueError) as error:
            raise NotTrusted("no authority's certificate can be read from it", where=str(file),
                             mend="give a PEM file with the certificate that signs the others") from error

    def is_trusted(self, certificate: x509.Certificate) -> bool:
        for authority in self._authorities:
            try:
                certificate.verify_directly_issued_by(authority)
            except (ValueError, TypeError, InvalidSignature):
                continue
            return True
        return False

    def is_revoked(self, certificate: x509.Certificate) -> bool:
        """Nobody is: short-lived certificates do here what revocation lists do elsewhere."""
        return False


def validator(file: Path, peer: CertificateValidatorOptions) -> CertificateValidator:
    """A validator of everything asyncua can look at, for a ``peer`` that is a client or a server."""
    store: Any = Authorities(file)
    return CertificateValidator(CertificateValidatorOptions.TRUSTED_VALIDATION | peer, store)
