"""What a batch leaves on a cluster: who may grade, and that all is gone when the client is.

Both plugins travel as source, not by name (`pickle_by_value`): a scheduler, or a worker that has
another grader or none, must be able to read them and say so. So this module imports nothing of
ours but where it is run, and does not call the client's `grader` by any other name.
"""

from __future__ import annotations

import asyncio
from typing import Any

from distributed import SchedulerPlugin, WorkerPlugin


class Admission(WorkerPlugin):  # type: ignore[misc]
    """Looks at a worker, and gives it seats if it is fit: tasks ask for one.

    It comes to each worker, also to those that join later or are started again. What it found is
    told under the topic that has the name of the batch.
    """

    def __init__(self, name: str, wanted: dict[str, str], content: bytes, terms: Any) -> None:
        self.name, self._wanted, self._content, self._terms = name, wanted, content, terms
        self.workplace: Any = None
        self._opening: Any = None
        self._over = False

    async def setup(self, worker: Any) -> None:
        """Begin to look; who waits for the plugin need not wait for that."""
        self._opening = asyncio.ensure_future(self._open(worker))

    async def _open(self, worker: Any) -> None:
        told: dict[str, Any] = {"worker": str(worker.address)}
        try:
            if address := open_pages(worker):
                raise Refused("error.cluster_pages", address=address)
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(
                None, self._look, worker.local_directory, worker.state.nthreads
            )
            if self._over:
                await self._close()
                return
            seats = {self.name: self.workplace.seats}
            if self.workplace.gpus.devices:  # who may be on one is decided for each guest
                seats[on_gpu(self.name)] = self.workplace.seats
            await worker.set_resources(**seats)
            told |= {"seats": self.workplace.seats}
        except ImportError as error:
            told |= {"code": "error.cluster_no_grader", "fields": {"reason": str(error)}}
        except Exception as error:
            code = getattr(error, "code", "error.system")
            told |= {"code": code, "fields": getattr(error, "fields", {"reason": repr(error)})}
        worker.log_event(self.name, told)

    def _look(self, where: str, threads: int) -> None:
        from grader.grading.engines import workplace

        workplace.refuse_other_versions(self._wanted)
        self.workplace = workplace.Workplace(self._content, self._terms, where, threads)

    async def teardown(self, worker: Any) -> None:  # noqa: ARG002 - Dask's signature
        """The batch is over, or the worker leaves."""
        self._over = True
        if self.workplace is not None:
            await self._close()

    async def _close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self.workplace.close)


class Usher(SchedulerPlugin):  # type: ignore[misc]
    """Says who is there, and clears up when the client is gone."""

    def __init__(self, name: str, client: str) -> None:
        self.name, self._client = name, client
        self._scheduler: Any = None

    async def start(self, scheduler: Any) -> None:
        """Answer the client, who asks under the name of the batch."""
        self._scheduler = scheduler
        scheduler.handlers[self.name] = self.state

    async def state(self) -> dict[str, Any]:
        """Workers, their seats, those beside a GPU, the tasks that wait, and pages open to others.

        A task that waits is not woken by seats that are declared later: the client gives it again.
        """
        scheduler, name = self._scheduler, self.name
        return {
            "workers": list(scheduler.workers),
            "seats": self._seats(name),
            "gpu_seats": self._seats(on_gpu(name)),
            "waiting": [str(task.key) for task in scheduler.unrunnable if name in str(task.key)],
            "pages": open_pages(scheduler),
        }

    def _seats(self, resource: str) -> float:
        workers = self._scheduler.workers.values()
        return float(sum(worker.resources.get(resource, 0) for worker in workers))

    def remove_client(self, scheduler: Any, client: str) -> None:
        """However it ended, its residents must not stay."""
        if client == self._client:
            scheduler.loop.add_callback(self._clear, scheduler)

    async def _clear(self, scheduler: Any) -> None:
        scheduler.handlers.pop(self.name, None)
        if self.name in scheduler.plugins:
            scheduler.remove_plugin(self.name)
        if self.name in scheduler.worker_plugins:
            await scheduler.unregister_worker_plugin(None, self.name)


class Refused(Exception):
    """Why a worker must not grade, in the form of our errors, which may not be there."""

    def __init__(self, code: str, **fields: str) -> None:
        super().__init__(code)
        self.code, self.fields = code, fields


def on_gpu(name: str) -> str:
    """The resource of a batch's seats on machines with a GPU."""
    return f"{name}-gpu"


def open_pages(server: Any) -> str:
    """Where Dask serves its pages, which ask for no password, to other machines; "" if nowhere.

    By default it does, on all addresses.
    """
    from distributed.comm import get_tcp_server_addresses

    for host, port, *_ in get_tcp_server_addresses(server.http_server):
        if not (host.startswith("127.") or host == "::1"):
            return f"{host}:{port}"
    return ""
