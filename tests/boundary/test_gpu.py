"""A GPU for student processes, as far as a machine without one can show it.

Seats, the jail, the memory's end and the record are ours, and tested with pretended devices. That
CUDA starts in the jail, computes there and keeps its cap, only a real device can show.
"""

import errno
import os
import subprocess
import sys
import threading
from collections import Counter
from itertools import count
from types import SimpleNamespace

import pytest
import torch

from grader.boundary import devices
from grader.boundary.devices import Gpus
from grader.boundary.endings import Ending
from grader.boundary.gpu_launcher import GpuLauncher
from grader.boundary.guest import cuda, nvidia
from grader.boundary.guest.layers import Confinement, Layers
from grader.boundary.guests import Guests
from grader.boundary.launchers import ForkLauncher
from grader.boundary.submitted import Rules, Submitted
from grader.checking.conversation import Conversation
from grader.checking.student import Student
from grader.course.assignment import Limits
from grader.records.outcome import Outcome
from tests.boundary import pretended_gpu
from tests.boundary.test_layers import answer

LIMITS = Limits(memory_mb=256)


def never():
    raise AssertionError("there is a seat, and somebody waits")


NUMBERS = count()


@pytest.fixture
def name():
    """A device that no other test, and nobody else's, has seats on."""
    return f"pretended-{os.getpid()}-{next(NUMBERS)}-"


# --- which devices there are ---


@pytest.fixture
def dev(tmp_path, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    names = ["nvidia10", "nvidia0", "nvidia2", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools"]
    for file in [*names, "nvidia-modeset", "null"]:
        (tmp_path / file).touch()
    return tmp_path


def test_the_devices_of_a_machine_in_their_order(dev):
    assert devices.found(dev) == ("nvidia0", "nvidia2", "nvidia10")


@pytest.mark.parametrize(
    ("visible", "expected"),
    [("", ()), ("1", ("nvidia2",)), ("2,0", ("nvidia0", "nvidia10")), ("GPU-8932f937", ())],
)
def test_devices_that_the_environment_leaves(dev, monkeypatch, visible, expected):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert devices.found(dev) == expected


@pytest.mark.parametrize("missing", nvidia.DRIVER)
def test_without_its_driver_a_device_is_none(dev, missing):
    (dev / missing).unlink()
    assert devices.found(dev) == ()


def test_a_device_that_cannot_be_opened_is_another_jobs(dev):
    (dev / "nvidia2").unlink()
    (dev / "nvidia2").mkdir()  # for root, too, there is no opening that
    assert devices.found(dev) == ("nvidia0", "nvidia10")


# --- seats ---


@pytest.mark.parametrize(("share", "seats"), [(1, 1), (0.5, 2), (0.4, 2), (0.25, 4), (0.1, 10)])
def test_seats_on_one_device(name, share, seats):
    gpus = Gpus((name,), share)
    taken = [gpus.take("", never) for _ in range(seats)]

    class FullError(Exception):
        pass

    def full():
        raise FullError

    with pytest.raises(FullError):
        gpus.take("", full)
    taken.pop().leave()
    taken.append(gpus.take("", never))
    for seat in taken:
        seat.leave()


def test_devices_fill_evenly_beginning_with_ones_own(name):
    gpus = Gpus((f"{name}-a", f"{name}-b"), 0.5)
    taken = [gpus.take(f"{name}-b", never) for _ in range(4)]
    assert [seat.device[-1] for seat in taken] == ["b", "a", "b", "a"]
    for seat in taken:
        seat.leave()


HOLDER = """
import sys
from grader.boundary.devices import Gpus
seat = Gpus((sys.argv[1],)).take("", lambda: None)
print("sits", flush=True)
sys.stdin.read()
"""


def test_who_is_killed_on_a_seat_frees_it(name):
    words = [sys.executable, "-c", HOLDER, name]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"sits\n"
        waited = []

        def waits():
            waited.append(holder.kill())

        Gpus((name,)).take("", waits).leave()
        assert waited


@pytest.mark.parametrize(("devices", "share", "most"), [(2, 1.0, 1), (1, 0.25, 4)])
def test_never_more_guests_on_a_device_than_its_share_allows(name, devices, share, most):
    """Six grading processes, each in a thread here, with guests of their own."""
    gpus = Gpus(tuple(f"{name}{number}" for number in range(devices)), share)
    now, peak, lock, all_there = Counter(), Counter(), threading.Lock(), threading.Barrier(most)

    def work():
        launcher = GpuLauncher((), gpus, lambda: None)
        for turn in range(3):
            launcher.use_gpu(wanted=True)
            device = launcher._seat.device
            with lock:
                now[device] += 1
                peak[device] = max(peak[device], now[device])
            channel = launcher.open(LIMITS, Rules())
            if turn == 0 and devices == 1 and most > 1:
                all_there.wait(60)  # as many as may do sit there at once
            channel.end()
            with lock:
                now[device] -= 1
            launcher.use_gpu(wanted=False)
        launcher.close()

    # where all must meet, as many as meet
    threads = [threading.Thread(target=work) for _ in range(4 if most > 1 else 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(peak.values()) == most


def test_a_guest_without_gpu_takes_no_seat_and_one_that_ends_gives_it_back(name):
    gpus = Gpus((name,))
    launcher = GpuLauncher((), gpus, never)
    guests = Guests(launcher, Submitted("pack", {}), LIMITS)

    def is_free():
        try:
            gpus.take("", never).leave()
        except AssertionError:
            return False
        return True

    free = []
    for gpu in (False, True, False):
        guests.begin_exercise(gpu=gpu)
        guests.open()
        free.append(is_free())
    guests.begin_exercise(gpu=True)
    free.append(is_free())
    guests.close()
    assert [*free, is_free()] == [True, False, True, False, True]
    launcher.close()


# --- the jail ---


def test_exactly_the_files_of_one_device_and_its_driver():
    assert nvidia.files("nvidia3", "/dev") == [
        "/dev/nvidia3",
        "/dev/nvidiactl",
        "/dev/nvidia-uvm",
    ]
    assert nvidia.files("") == []


OPENS = """
import os

def opens(path):
    try:
        os.close(os.open(path, os.O_RDWR))
    except OSError:
        return False
    return True

def visible():
    return os.environ["CUDA_VISIBLE_DEVICES"]
"""


@pytest.mark.parametrize(("gpu", "expected"), [(True, True), (False, False)])
def test_only_a_guest_with_a_device_opens_it(gpu, expected):
    """Another device of this machine, which is open to no guest, in the place of a GPU's."""
    if not os.access("/dev/full", os.W_OK):
        pytest.skip("NOT PROVEN: which device a guest opens. Missing: /dev/full.")
    launcher = GpuLauncher((), Gpus(("full",)), lambda: None)
    guests = Guests(launcher, Submitted("pack", {"m.py": OPENS.encode()}), LIMITS)
    guests.begin_exercise(gpu=not gpu)
    guests.open()  # and is of no use to the next exercise
    guests.begin_exercise(gpu=gpu)
    guests.begin_check(10)
    student = Student(Conversation(guests))
    try:
        assert student.m.opens("/dev/full") is expected
        assert not any(student.m.opens(path) for path in ("/dev/tty", "/dev/kmsg", "/dev/ptmx"))
        assert student.m.visible() == ("0" if gpu else "")
    finally:
        guests.close()
        launcher.close()


MACHINES = pytest.mark.parametrize("machine", ["x86_64", "aarch64"])


# NV_ESC_CARD_INFO, NV_ESC_RM_CONTROL, UVM_INITIALIZE, UVM_REGISTER_GPU, UVM_DEINITIALIZE
@MACHINES
@pytest.mark.parametrize("number", [0xC90046C8, 0xC020462A, 0x30000001, 37, 0x30000002])
def test_only_with_a_device_its_requests_pass(machine, number):
    assert answer(machine, "ioctl", 3, number, requests=nvidia.requests("nvidia0")) == "allow"
    assert answer(machine, "ioctl", 3, number) == errno.ENOTTY


# TIOCSTI, SIOCGIFINDEX, KDSKBMODE, VT_OPENQRY
@MACHINES
@pytest.mark.parametrize("number", [0x5412, 0x8933, 0x4B45, 0x5600])
def test_no_other_requests_pass(machine, number):
    assert answer(machine, "ioctl", 3, number, requests=nvidia.requests("nvidia0")) == errno.ENOTTY


# --- in the guest ---


def confinement(device):
    return Confinement(256, 10, 64, 64, "/tmp", None, device=device, gpu_share=0.25)


@pytest.fixture
def cuda_of(monkeypatch):
    """A torch that has, or has not, a GPU; returns what it was asked."""

    def of(available):
        asked = []
        module = SimpleNamespace(
            cuda=SimpleNamespace(
                is_available=lambda: available,
                set_per_process_memory_fraction=asked.append,
                get_device_name=lambda: "A GPU",
            ),
            backends=SimpleNamespace(cudnn=SimpleNamespace(allow_tf32=True)),
        )
        monkeypatch.setitem(sys.modules, "torch", module)
        return asked, module

    return of


@pytest.mark.parametrize("layer", ["landlock", "namespaces"])
def test_a_guest_takes_its_share_of_the_device(cuda_of, layer):
    asked, module = cuda_of(True)
    assert cuda.take(confinement("nvidia0"), Layers([layer])) == "A GPU"
    assert asked == [0.25]
    assert module.backends.cudnn.allow_tf32 is False


@pytest.mark.parametrize(
    ("available", "device", "layers"),
    [
        (False, "nvidia0", ["landlock"]),  # a torch without CUDA, a driver that does not start
        (True, "", ["landlock"]),
        (True, "nvidia0", ["resource_limits"]),  # it could be any device: nothing closes the others
    ],
)
def test_a_guest_stays_on_the_cpu(cuda_of, available, device, layers):
    asked, _ = cuda_of(available)
    assert cuda.take(confinement(device), Layers(layers)) == "cpu"
    assert asked == []


def test_what_a_check_passes_goes_to_the_device():
    """torch's meta device has tensors everywhere."""
    shared, module = [torch.ones(2), 1], torch.nn.Linear(2, 1)
    value = ({"a": shared}, (torch.ones(1), "text"), module, None)
    placed = cuda.placed(value, "meta")
    assert placed[0]["a"] is shared
    assert shared[0].device.type == placed[1][0].device.type == "meta"
    assert placed[2] is module
    assert module.weight.device.type == "meta"
    assert (shared[1], placed[1][1], placed[3]) == (1, "text", None)


ON_A_GPU = """
import torch

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(2))

    def forward(self, x):
        return self.weight * x

def out_of_memory():
    raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")
"""


@pytest.fixture
def on_gpu(monkeypatch):
    """A guest that believes that it has a GPU: `student` and its process."""
    monkeypatch.setattr(ForkLauncher, "module", pretended_gpu.__name__)
    launcher = GpuLauncher(("torch",), Gpus(("pretended",), 0.5), lambda: None)
    guests = Guests(launcher, Submitted("pack", {"m.py": ON_A_GPU.encode()}), LIMITS)
    guests.begin_exercise(gpu=True)
    guests.begin_check(10)
    yield Student(Conversation(guests)), guests
    guests.close()
    launcher.close()


def test_one_check_for_both_kinds_of_device(on_gpu):
    student, guests = on_gpu
    net = student.m.Net()
    assert torch.equal(net(torch.full((2,), 3.0)), torch.full((2,), 3.0))
    assert net.asked[:4] == ["share 0.5", "Net to cuda", "Net to cuda", "Tensor to cuda"]
    assert guests.device == pretended_gpu.NAME


def test_the_end_of_a_devices_memory_is_the_students_memory(launcher, on_gpu):
    student, _ = on_gpu
    with pytest.raises(Ending) as caught:
        student.m.out_of_memory()
    assert caught.value.outcome == Outcome.MEMORY


def test_no_device_is_used_before_a_fork(launcher):
    """torch tells so itself: a child of a process that has a context may not open one."""
    source = "import torch\ndef bad(): return torch.cuda._is_in_bad_fork()\n"
    guests = Guests(launcher, Submitted("pack", {"m.py": source.encode()}), LIMITS)
    guests.begin_check(10)
    assert Student(Conversation(guests)).m.bad() is False
    guests.close()


# --- on a real device ---

REAL = """
import torch
def double(x): return 2 * x if x.is_cuda else None
def half(): return torch.empty(torch.cuda.get_device_properties(0).total_memory // 2, device="cuda",
                               dtype=torch.uint8).numel()
def there_is_one(): return torch.cuda.is_available()
"""


@pytest.mark.skipif(
    not devices.found() or torch.version.cuda is None,
    reason="NOT PROVEN: that CUDA starts in the jail, on the one device whose file is open there, and "
    "keeps its cap. Missing: a GPU, and torch with CUDA.",
)
def test_a_real_device_computes_keeps_its_cap_and_is_there_for_nobody_else():
    launcher = GpuLauncher(("torch",), Gpus(devices.found(), 0.25), lambda: None)
    guests = Guests(launcher, Submitted("pack", {"m.py": REAL.encode()}), LIMITS)
    student = Student(Conversation(guests))
    try:
        guests.begin_exercise(gpu=True)
        guests.begin_check(60)
        assert torch.equal(student.m.double(torch.ones(2)), torch.full((2,), 2.0))
        assert guests.device not in {"", "cpu"}
        with pytest.raises(Ending) as caught:
            student.m.half()
        assert caught.value.outcome == Outcome.MEMORY
        guests.begin_exercise(gpu=False)
        guests.begin_check(60)
        assert student.m.there_is_one() is False
    finally:
        guests.close()
        launcher.close()
