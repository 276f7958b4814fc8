"""A cluster on loopback under TLS, each part a process of its own, as an instructor starts them."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from distributed import Security

from grader.grading.engines.gate import Certificates, Gate, address_in
from tests.processes import descendants

ROOT = Path(__file__).parents[2]
PAGES = "127.0.0.1:0"
DATABASE = "postgresql://grader:PLANTED-password@127.0.0.1/gradebook"  # in everybody's environment


class LiveCluster:
    """Its scheduler and workers; `home` holds the certificates and the scheduler file."""

    def __init__(self, home):
        self.home = home
        self.file = home / "scheduler.json"
        secret = Security.temporary()
        for name, text in (("cert", secret.tls_client_cert), ("key", secret.tls_client_key)):
            (home / f"{name}.pem").write_text(text)
        cert, key = str(home / "cert.pem"), str(home / "key.pem")
        self.tls = ["--tls-ca-file", cert, "--tls-cert", cert, "--tls-key", key]
        self.security = Certificates(cert, cert, key).security()
        self.processes = []
        self.scheduler = self._start(
            [
                "scheduler",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--protocol",
                "tls",
                "--scheduler-file",
                self.file,
                "--dashboard-address",
                PAGES,
            ]
        )

    def is_announced(self):
        """Whether the scheduler file is whole; it is not written in one step."""
        return self.file.exists() and self.file.read_text().endswith("}")

    def _start(self, words, prefix=(), **env):
        role, *words = map(str, words)
        log = open(self.home / f"{role}-{len(self.processes)}.log", "w")
        process = subprocess.Popen(
            [*prefix, sys.executable, "-m", f"distributed.cli.dask_{role}", *words, *self.tls],
            cwd=ROOT if prefix else self.home,  # -m looks there first
            stdout=log,
            stderr=log,
            env={
                **os.environ,
                "DATABASE": DATABASE,
                "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
                **env,
            },
        )
        log.close()
        self.processes.append(process)
        return process

    def worker(self, *words, pages=PAGES, prefix=(), **env):
        """One more, of one thread; it is there when its nanny says so."""
        options = ["--scheduler-file", self.file, "--nthreads", "1", "--memory-limit", "0"]
        options += ["--local-directory", self.home / f"local-{len(self.processes)}"]
        options += ["--dashboard-address", pages, "--name", f"worker-{len(self.processes)}"]
        return self._start(["worker", *options, *words], prefix, **env)

    def gate(self):
        until(self.file.exists)
        return Gate(address_in(str(self.file)), self.security)

    def residents(self):
        return [pid for own in self.processes for pid in descendants(own.pid) if is_resident(pid)]

    def stop(self):
        for process in self.processes:
            process.kill()
            process.wait()


class Relay:
    """The network between a client and a scheduler: passes bytes on until it is interrupted."""

    def __init__(self, address):
        host, _, port = address.rpartition("/")[2].rpartition(":")
        self._target = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = self._listener.getsockname()[1]
        self.address = f"127.0.0.1:{self._port}"
        self._lines = []
        self.interruptions = 0

    def __enter__(self):
        self._listen()
        return self

    def _listen(self):
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener):
        with contextlib.suppress(OSError):  # closed
            while True:
                here, _ = listener.accept()
                there = socket.create_connection(self._target)
                self._lines += [here, there]
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def interrupt(self):
        """Break every line; for a second whoever comes is refused."""
        self.interruptions += 1
        self.__exit__()
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        deaf.bind(("127.0.0.1", self._port))  # and does not listen

        def recover():
            deaf.close()
            self._listener = socket.create_server(("127.0.0.1", self._port))
            self._listen()

        threading.Timer(1, recover).start()

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        self._lines = []


def until(happens, seconds=120):
    """Wait for it; in vain, it is an error."""
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it has not happened"
        time.sleep(0.05)


def is_resident(pid):
    try:
        return b"boundary.twin_start" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False  # it has ended meanwhile


@contextmanager
def live(home, workers):
    home.mkdir(parents=True, exist_ok=True)
    cluster = LiveCluster(home)
    try:
        for _ in range(workers):
            cluster.worker()
        until(cluster.is_announced)
        yield cluster
    finally:
        cluster.stop()
