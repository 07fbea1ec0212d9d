"""What differs from one operating system to the next, and nothing else.

Boot identity and boot-time clock, fingerprint of the machine, folder sync, private file modes, the
lock of a vault, and the folder for what is remembered beside it. No network, no evidence.
"""

from __future__ import annotations

import contextlib
import os
import platform as system_platform
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from esafety_tui.kernel.errors import StorageFailed, VaultBusy

if TYPE_CHECKING:
    from esafety_tui.kernel.clock import Instant

UNFINISHED = re.compile(r"\.[0-9a-f]{16}\.tmp")
LINUX_BOOT = Path("/proc/sys/kernel/random/boot_id")
LINUX_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def read_boot_id() -> str:
    """Return an identity of the present boot, digits, letters and hyphens; "" for unknown.

    Linux: random/boot_id. macOS: kern.bootsessionuuid. Windows: the boot counter of the memory
    manager. Never worked out from the wall clock: setting that would look like a new boot, and so
    hide what the two clocks are compared for.
    """
    if sys.platform == "win32":
        return _read_registry(
            r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management"
            r"\PrefetchParameters",
            "BootId",
        )
    if sys.platform == "darwin":
        return _ask_system_program("/usr/sbin/sysctl", "-n", "kern.bootsessionuuid").strip()
    with contextlib.suppress(OSError):
        return LINUX_BOOT.read_text().strip()
    return ""


def read_boot_clock() -> int:
    """Return milliseconds of a clock that runs on while the computer sleeps.

    Linux: CLOCK_BOOTTIME. macOS: CLOCK_MONOTONIC_RAW, which clock_gettime(3) there says runs on
    through sleep; Python's own monotonic clock stops in sleep there. Windows: Python's monotonic
    clock, GetTickCount64 up to Python 3.12 and the performance counter after, both count sleep.
    """
    if sys.platform == "win32":
        return time.monotonic_ns() // 1_000_000
    name = "CLOCK_MONOTONIC_RAW" if sys.platform == "darwin" else "CLOCK_BOOTTIME"
    return time.clock_gettime_ns(getattr(time, name, time.CLOCK_MONOTONIC)) // 1_000_000


def read_awake_clock() -> int:
    """Return milliseconds of a clock that stops while the computer sleeps; -1 for unknown.

    Linux: CLOCK_MONOTONIC, where :func:`boot_millis` has CLOCK_BOOTTIME. macOS: CLOCK_UPTIME_RAW.
    Windows: QueryUnbiasedInterruptTime, units of 100 ns.
    """
    if sys.platform == "win32":
        import ctypes

        ticks = ctypes.c_ulonglong()
        known = ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(ticks))
        return ticks.value // 10_000 if known else -1
    if sys.platform == "darwin":
        return time.clock_gettime_ns(time.CLOCK_UPTIME_RAW) // 1_000_000
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1_000_000
    return -1


class SystemClock:
    """The computer's own clock. Satisfies kernel.clock.Clock."""

    def __init__(self) -> None:
        self._boot = read_boot_id()

    def read_clock(self) -> Instant:
        """Return wall clock, both running clocks and boot identity, read together."""
        from esafety_tui.kernel.clock import Instant

        return Instant(datetime.now(UTC), read_boot_clock(), self._boot, read_awake_clock())


def _ask_system_program(*command: str) -> str:
    """Return what a program of the system says, "" where it is missing or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed system paths, no input
    except OSError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def _read_registry(key: str, name: str) -> str:
    """Return a value of the machine's registry as text, "" where there is none. Windows only."""
    if sys.platform != "win32":
        return ""
    import winreg

    # Without this flag a 32-bit Python reads another branch, and would see another computer.
    access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key, 0, access) as opened:
            return str(winreg.QueryValueEx(opened, name)[0])
    except OSError:
        return ""


def parse_machine_id(text: str) -> str:
    """Return the id of a machine-id(5) file, "" for an empty, unfinished or invalid one."""
    found = text.strip()
    return found if re.fullmatch(r"[0-9a-f]{32}", found) and found != "0" * 32 else ""


def parse_ioreg(text: str) -> str:
    """Return IOPlatformUUID out of what ``ioreg -rd1 -c IOPlatformExpertDevice`` prints, or ""."""
    found = re.search(r'"IOPlatformUUID" = "([0-9A-Fa-f-]{36})"', text)
    return found[1] if found else ""


def parse_machine_guid(text: str) -> str:
    """Return Windows' MachineGuid if it is one, else ""."""
    found = text.strip()
    return (
        found if re.fullmatch(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", found) else ""
    )


def _own_identity() -> tuple[str, str]:
    """Return the identity the system gave this computer, and where it stands; "" for none."""
    if sys.platform == "win32":
        guid = _read_registry(r"SOFTWARE\Microsoft\Cryptography", "MachineGuid")
        return parse_machine_guid(guid), "the registry's MachineGuid"
    if sys.platform == "darwin":
        said = _ask_system_program("/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice")
        return parse_ioreg(said), "the platform UUID"
    for path in LINUX_IDS:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if found := parse_machine_id(path.read_text()):
                return found, str(path)
    return "", ""


def machine_source() -> str:
    """Return where this computer's identity comes from; "" where only its name tells it apart."""
    found, source = _own_identity()
    return source if found else ""


def _machine_identity() -> str:
    """Two computers set up from one disk image may share it; then only their labels differ."""
    return _own_identity()[0] or system_platform.node()


def machine_fingerprint() -> str:
    """Return 64 hexadecimal digits that stay the same for this machine and tell nothing else."""
    from esafety_tui.kernel.canon import sha256_hex

    return sha256_hex(b"evidence-machine/v1\n" + _machine_identity().encode())


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` durable. Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_tree(folder: Path) -> None:
    """Make every file in ``folder`` durable, and the folders' names. Raises StorageFailed."""
    try:
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir():
                sync_folder(path)
            else:
                with path.open("rb+") as held:
                    os.fsync(held.fileno())
        sync_folder(folder)
    except OSError as err:
        raise describe_os_error(err, "make the vault's keys safe on the disk") from err


def make_private(folder: Path) -> None:
    """Create ``folder`` readable by this user only. Raises StorageFailed."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as err:
        raise describe_os_error(err, "create a folder of the vault") from err


def describe_os_error(err: OSError, doing: str) -> StorageFailed:
    """Turn a system error into a sentence: what failed, why, what to do."""
    why = {28: "the disk is full", 30: "the disk is read-only", 13: "permission was refused"}
    reason = why.get(err.errno or 0, (err.strerror or "the disk did not answer").lower())
    advice = {
        28: "Free some room on this disk, then try again.",
        30: "Make the disk writable, then try again.",
        13: "Sign in to the computer as the user the vault belongs to, then try again.",
    }.get(err.errno or 0, "Check the disk or stick, then try again.")
    return StorageFailed(f"Could not {doing}: {reason}. Nothing was saved.", advice)


def write_atomically(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Replace ``path`` with ``data`` in one step: temporary name, sync, read, rename, folder sync.

    ``durable=False`` leaves out syncs and read-back, for caches whose loss does no harm.

    Raises:
        StorageFailed: the path is as it was before.
    """
    tmp = path.with_name(f".{os.urandom(8).hex()}.tmp")
    try:
        fd = os.open(tmp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "wb") as out:
            out.write(data)
            out.flush()
            if durable:
                os.fsync(out.fileno())
        if durable and tmp.read_bytes() != data:
            raise OSError(5, "the file does not read back as it was written")
        tmp.replace(path)
        if durable:
            sync_folder(path.parent)
    except OSError as err:
        with contextlib.suppress(OSError):  # the first error is the one to report
            tmp.unlink(missing_ok=True)
        raise describe_os_error(err, "write a file of the vault") from err


def clear_unfinished(folders: Iterable[Path]) -> None:
    """Remove what :func:`write_atomic` left when the program was killed, by its names alone.

    Whoever calls holds the vault's lock: nobody is writing. A file that cannot be removed is left
    for the next time; it does no harm.
    """
    for folder in folders:
        with contextlib.suppress(OSError):
            for path in list(folder.iterdir()):
                if UNFINISHED.fullmatch(path.name):
                    path.unlink(missing_ok=True)


@contextlib.contextmanager
def lock_vault_file(path: Path) -> Iterator[None]:
    """Hold the vault's lock file; the system drops it when the process dies. Raises VaultBusy."""
    try:
        handle = path.open("a+b")
    except OSError as err:
        raise describe_os_error(err, "open the vault's lock file") from err
    with handle:
        try:
            _take(handle.fileno())
        except (BlockingIOError, PermissionError) as err:  # PermissionError: Windows says it so
            raise VaultBusy(
                "Another window or program has this vault open.",
                "Close the other one, or carry on there. Nothing was changed.",
            ) from err
        except OSError as err:  # a share of the network that knows no locks
            raise describe_os_error(err, "lock the vault on this disk") from err
        yield


if sys.platform == "win32":
    import msvcrt

    def _take(fd: int) -> None:
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def state_folder() -> Path:
    """Return the platform's state folder, where second copies of remembered heads are kept."""
    return Path(platformdirs.user_state_path("esafety", appauthor=False))
