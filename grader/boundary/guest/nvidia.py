"""What a guest must be let through to for one NVIDIA GPU, and nothing of any other.

The files of the device and of its driver, the requests (ioctl) that go to them, and the memory that
the driver takes in the process itself. Sources: the driver's open kernel modules (`nv-ioctl.h`,
`uvm_ioctl.h`) and gVisor's proxy for it, which names the same three files.
"""

from __future__ import annotations

DEV = "/dev"
# Beside the file of the device: the driver's own, and its unified memory. Neither the tools'
# (nvidia-uvm-tools) nor those of displays (nvidia-modeset, dri).
DRIVER = ("nvidiactl", "nvidia-uvm")
# Says how the driver's files are made; read only.
SETTINGS = "/proc/driver/nvidia/params"
# Above the memory of the assignment: what a context takes on the host, a few hundred MB of it for
# each process, and the libraries that CUDA loads at its first use.
HOST_MB = 4096

# Requests by mask and value: those of nvidiactl and the device have the type "F", those of
# nvidia-uvm are small plain numbers, but for the first and the last one.
_REQUESTS = ((0xFF00, 0x4600), (0xFFFFFF80, 0), (0xFFFFFFFC, 0x30000000))


def files(device: str, dev: str = DEV) -> list[str]:
    """The files that a guest on `device` ("nvidia0") may open; none where there is no device."""
    return [f"{dev}/{name}" for name in (device, *DRIVER)] if device else []


def requests(device: str) -> tuple[tuple[int, int], ...]:
    """Which ioctl they may be sent, by mask and value; none where there is no device."""
    return _REQUESTS if device else ()
