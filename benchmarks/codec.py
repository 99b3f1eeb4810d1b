"""registry.pol codecs on the same files, in one run under one interpreter.

Run it with an interpreter that has python3-samba, for example Debian's:

    python3 -m venv --system-site-packages bench
    bench/bin/pip install registrypol regpol
    bench/bin/python benchmarks/codec.py

Goals: decode with full validation at least 2.5 times as fast as Samba's unpack with its fields
read, encode at least 1.3 times as fast as Samba's pack; linear up to a million records; peak
memory under 4 times the file. What is not installed is left out. With --profile it shows where the
time of 100,000 records goes instead.
"""

from __future__ import annotations

import contextlib
import cProfile
import gc
import importlib
import io
import pstats
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gpogen.formats import pol

SIZES = (10, 1_000, 10_000, 100_000)
LARGE = 1_000_000
QUADRATIC = 1_000
"""The most records for a peer that copies the rest of the file at each of them."""
RUNS = 7


def sample(count: int) -> list[pol.PolEntry]:
    """Make records of the usual mix: three quarters DWORD, the rest texts."""
    key = r"Software\Policies\Microsoft\Windows\WindowsUpdate\AU"
    entries = []
    for number in range(count):
        name = f"Setting{number:07}"
        if number % 4 == 3:
            data = f"text {number}\0".encode("utf-16-le")
            entries.append(pol.PolEntry(key, name, 1, data))
        else:
            # 10, 59, 91 and 93 are the bytes that searching parsers trip over; peers get others.
            entries.append(pol.PolEntry(key, name, 4, (number % 7 + 1).to_bytes(4, "little")))
    return entries


def best(work: Callable[[], object]) -> float:
    """Return the best CPU time of several runs, with the garbage collector quiet."""
    times = []
    for _ in range(RUNS):
        gc.collect()
        gc.disable()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
        gc.enable()
    return min(times)


def samba_codecs() -> tuple[Callable[[bytes], object], Callable[[object], bytes]] | None:
    """Return Samba's unpack with fields read, and pack; None where it is not installed."""
    try:
        preg = importlib.import_module("samba.dcerpc.preg")
        ndr = importlib.import_module("samba.ndr")
    except ImportError:
        return None

    def unpack(data: bytes) -> object:
        parsed = ndr.ndr_unpack(preg.file, data)
        fields = [(e.keyname, e.valuename, e.type, e.data) for e in parsed.entries]
        assert fields
        return parsed

    return unpack, ndr.ndr_pack


def peers() -> dict[str, Callable[[bytes], object]]:
    """Return the readers of other libraries that are installed."""
    found: dict[str, Callable[[bytes], object]] = {}
    try:
        registrypol = importlib.import_module("registrypol")
        found["registrypol"] = lambda data: registrypol.load(io.BytesIO(data))
    except ImportError:
        pass
    try:
        command = importlib.import_module("regpol").cli
        found["regpol (reads and prints)"] = lambda data: run_command(command, data)
    except ImportError:
        pass
    return found


def run_command(command: Any, data: bytes) -> None:
    """Run a peer that is a command alone, with its output thrown away."""
    with tempfile.NamedTemporaryFile(suffix=".pol") as file:
        file.write(data)
        file.flush()
        with contextlib.redirect_stdout(io.StringIO()):
            command.main([file.name], standalone_mode=False)


def compare(count: int) -> bool:
    """Print one size's times; tell whether the goals are met."""
    entries = sample(count)
    data = pol.encode(entries)
    ours_read, ours_write = best(lambda: pol.decode(data)), best(lambda: pol.encode(entries))
    line = f"{count:>9} records {len(data):>11} bytes  decode {ours_read * 1e3:9.3f} ms"
    print(f"{line}  encode {ours_write * 1e3:9.3f} ms  gpogen")
    met = True
    samba = samba_codecs()
    if samba is not None:
        unpack, pack = samba
        parsed = unpack(data)
        read, write = best(lambda: unpack(data)), best(lambda: pack(parsed))
        ratios = (read / ours_read, write / ours_write)
        print(
            f"{'':>36} decode {read * 1e3:9.3f} ms  encode {write * 1e3:9.3f} ms  samba: "
            f"{ratios[0]:.1f} and {ratios[1]:.1f} times ours"
        )
        met = count < 1_000 or (ratios[0] >= 2.5 and ratios[1] >= 1.3)
    for name, read_other in peers().items():
        if name.startswith("regpol") and count > QUADRATIC:
            continue
        try:
            other = best(lambda read_other=read_other: read_other(data))
        except Exception as error:  # A peer's fault is a result, too.
            print(f"{'':>36} {name}: {type(error).__name__}: {error}")
            continue
        ratio = other / ours_read
        print(f"{'':>36} decode {other * 1e3:9.3f} ms  {'':>19}  {name}: {ratio:.1f} times")
    return met


def large() -> bool:
    """Measure a million records: time per record, and peak memory against the file."""
    entries = sample(LARGE)
    data = pol.encode(entries)
    del entries
    gc.collect()
    gc.disable()
    start = time.process_time()
    decoded = pol.decode(data)
    used = time.process_time() - start
    gc.enable()
    per_record = used / LARGE * 1e6
    small = pol.encode(sample(10_000))
    per_small = best(lambda: pol.decode(small)) / 10_000 * 1e6
    del decoded
    gc.collect()
    tracemalloc.start()
    kept = pol.decode(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(kept) == LARGE
    print(
        f"{LARGE:>9} records {len(data):>11} bytes  decode {used:.2f} s, "
        f"{per_record:.2f} us a record "
        f"({per_small:.2f} at 10,000), peak {peak / len(data):.1f} times the file"
    )
    return peak < 4 * len(data)


def profile() -> None:
    """Print the functions that take the time, for decode and for encode."""
    entries = sample(100_000)
    data = pol.encode(entries)
    works: tuple[tuple[str, Callable[[], object]], ...] = (
        ("decode", lambda: pol.decode(data)),
        ("encode", lambda: pol.encode(entries)),
    )
    for name, work in works:
        runner = cProfile.Profile()
        runner.runcall(work)
        print(f"== {name}, 100,000 records")
        pstats.Stats(runner).sort_stats("tottime").print_stats(8)


def main() -> int:
    """Print every size and return 1 when a goal is missed."""
    if sys.argv[1:] == ["--profile"]:
        profile()
        return 0
    met = [compare(count) for count in SIZES]
    met.append(large())
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main())
