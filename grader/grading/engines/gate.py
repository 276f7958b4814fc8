"""The way to a scheduler: its address, the certificates for it, and a cluster of one's own.

Whoever may speak to a scheduler may run programs on its workers, and the hidden checks travel
there: off this machine nothing is said without TLS and certificates on both sides.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
import time
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import dask
from distributed import Client, LocalCluster, Security
from distributed.comm import get_address_host_port

from grader.errors import PlatformError, UsageError

_CONNECT = 10.0  # seconds for one try
_REFUSED = 5.0  # seconds after which a scheduler that nobody hears any more is dead
_AWAY = 120.0  # seconds after which a network that is gone stays away
_LOGGERS = ("distributed", "tornado", "asyncio", "dask")


@dataclass(frozen=True)
class Certificates:
    """Paths of PEM files; what is None stands in Dask's own configuration."""

    authority: str | None = None
    certificate: str | None = None
    key: str | None = None

    def security(self) -> Security:
        """As Dask wants them."""
        given = {
            "tls_ca_file": self.authority,
            "tls_client_cert": self.certificate,
            "tls_client_key": self.key,
        }
        return Security(require_encryption=True, **{k: v for k, v in given.items() if v})


class Gate:
    """Connects to one scheduler, again if need be."""

    def __init__(self, address: str, security: Security) -> None:
        refuse_plain(address)
        is_tls = address.startswith("tls://")
        if is_tls and not (security.tls_ca_file and security.tls_client_cert):
            raise UsageError("error.cluster_no_certificates", address=address)
        self.address, self._security = address, security if is_tls else None
        _quiet()

    def client(self) -> Client:
        """A new connection. Raises `PlatformError` when there is none within seconds."""
        started = listened = time.monotonic()
        while error := self._closed():
            now = time.monotonic()
            if not isinstance(error, ConnectionRefusedError):
                listened = now  # nobody can say that it is dead
            if now - listened > _REFUSED or now - started > _AWAY:
                reason = error.strerror or str(error)
                raise PlatformError("error.cluster_gone", address=self.address, reason=reason)
            time.sleep(0.2)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of versions: each worker is asked by us
                return Client(
                    self.address,
                    security=self._security,
                    timeout=_CONNECT,
                    set_as_default=False,
                    name="grader",
                )
        except (OSError, TimeoutError, ValueError) as error:
            reason = str(error).strip().splitlines()[-1]
            raise PlatformError("error.cluster_gone", address=self.address, reason=reason) from None

    def _closed(self) -> OSError | None:
        """Why nobody can be reached there; None if somebody listens."""
        host, port = get_address_host_port(self.address)
        try:
            socket.create_connection((host, port), timeout=_CONNECT).close()
        except OSError as error:
            return error
        return None


def refuse_plain(address: str) -> None:
    """Raise `UsageError` for an address that others could listen to."""
    scheme, _, rest = address.partition("://")
    if scheme not in {"tls", "tcp"} or not rest:
        raise UsageError("error.cluster_address", found=address)
    try:
        host, _ = get_address_host_port(address)
    except ValueError:
        raise UsageError("error.cluster_address", found=address) from None
    if scheme == "tcp" and not is_loopback(host):
        raise UsageError("error.cluster_plain", address=address)


def is_loopback(host: str) -> bool:
    """Whether only this machine can speak with it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address_in(scheduler: str) -> str:
    """The address that somebody typed, or that stands in a scheduler file."""
    path = Path(scheduler)
    if "://" in scheduler or not path.exists():
        return scheduler
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["address"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError("error.cluster_file", file=path, reason=error) from None


@contextmanager
def own_cluster(workers: int) -> Iterator[Gate]:
    """A cluster on this machine that ends with us: a scheduler, and processes of one thread."""
    _quiet()
    pages = "127.0.0.1:0"
    security = Security.temporary()  # in memory; others on this machine have no way in
    with (
        closing(
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                host="127.0.0.1",
                protocol="tls://",
                security=security,
                dashboard_address=pages,
                worker_dashboard_address=pages,
                memory_limit=0,  # a student's memory is limited by the jail
                silence_logs=logging.CRITICAL,
            )
        ) as cluster,
    ):
        yield Gate(cluster.scheduler_address, security)


def _quiet() -> None:
    """What Dask writes about lost connections is said by us, in a sentence."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in _LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
    # both ends of a connection notice a network that was gone only if it stays away
    dask.config.set({"distributed.comm.timeouts.tcp": f"{_AWAY:g}s"})
