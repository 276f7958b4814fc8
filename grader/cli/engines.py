"""Where a command grades: options that several share, and the engine that they ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from grader.cli.common import Decorator, plain, with_options
from grader.cli.paths import PathType
from grader.errors import UsageError
from grader.i18n import translate

if TYPE_CHECKING:
    from grader.grading.engines.engine import Engine
    from grader.grading.engines.gate import Gate
    from grader.grading.engines.sent_back import Unfit

_OPTIONS = (
    click.option(
        "--engine",
        type=click.Choice(["pool", "dask"]),
        default="pool",
        help="Grade with processes here, or on a Dask cluster; default: here. / "
        "채점할 곳. pool은 이 컴퓨터, dask는 Dask 클러스터입니다(기본값: pool).",
    ),
    click.option(
        "--scheduler",
        metavar="ADDRESS|FILE",
        help="Dask: a running cluster, tls://HOST:PORT or its scheduler file; default: one here. / "
        "Dask: 실행 중인 클러스터의 tls://HOST:PORT나 스케줄러 파일(기본값: 여기서 새로 시작).",
    ),
    *(
        click.option(f"--tls-{name}", type=PathType(exists=True, dir_okay=False), help=text)
        for name, text in (
            (
                "ca-file",
                (
                    "Dask: the authority that signs the cluster's certificates. / "
                    "Dask: 클러스터의 인증서에 서명한 인증 기관의 인증서."
                ),
            ),
            ("cert", "Dask: your certificate. / Dask: 내 인증서."),
            ("key", "Dask: its key. / Dask: 내 인증서의 키."),
        )
    ),
)


engine_options = with_options(_OPTIONS)  # `--engine` and what belongs to it


def jobs_option(*, default: int) -> Decorator:
    """How many grading processes there are."""
    return click.option(
        "-j",
        "--jobs",
        type=click.IntRange(1, 64),
        default=default,
        help="Grading processes. / 채점 프로세스 수.",
    )


@contextmanager
def engine_of(options: dict[str, Any], lang: str) -> Iterator[Engine]:
    """The engine. Raises `UsageError` where Dask is not there or not asked for."""
    memo, workers = not options.get("no_memo"), options["jobs"]
    share = options.get("gpu_share")  # a proof has none: it is about what all machines have
    if options["engine"] == "pool":
        for name in ("scheduler", "tls_ca_file", "tls_cert", "tls_key"):
            if options[name]:
                raise UsageError("error.only_dask", option=f"--{name.replace('_', '-')}")
        from grader.boundary.devices import NO_GPUS, Gpus, found
        from grader.grading.engines.local import Pool

        yield Pool(workers, memo, Gpus(found(), share) if share else NO_GPUS)
        return
    try:
        from grader.grading.engines.cluster import Cluster
    except ModuleNotFoundError:
        raise UsageError("error.no_dask") from None

    def tell_unfit(unfit: Unfit) -> None:
        reason = translate(unfit.code, lang, **unfit.fields)
        text = translate("cli.worker_unused", lang, worker=unfit.worker, reason=reason)
        click.echo(plain(text), err=True)

    with _gate(options, workers) as gate:
        weak = bool(options.get("allow_weak_jail"))
        yield Cluster(gate, memo=memo, gpu_share=share, allow_weak_jail=weak, tell_unfit=tell_unfit)


@contextmanager
def _gate(options: dict[str, Any], workers: int) -> Iterator[Gate]:
    from grader.grading.engines.gate import Certificates, Gate, address_in, own_cluster

    if not options["scheduler"]:
        with own_cluster(workers) as gate:
            yield gate
        return
    files = Certificates(options["tls_ca_file"], options["tls_cert"], options["tls_key"])
    yield Gate(address_in(options["scheduler"]), files.security())
