"""Drives torch_peer.py cell by cell, so that each of its workloads can be timed in turns with ours.

    drive_peer.py PEER BUILD THREADS FILTER

Puts a `measure` of its own in the place of the peer's. For each cell whose name holds FILTER it writes a line
{"cell", "flops"}; then for each line of stdin with a number of milliseconds it runs the cell that long and writes
the time of each run. An empty line ends the cell.
"""
import importlib.util, json, os, sys, time, types

path, build, threads, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
spec = importlib.util.spec_from_file_location("peer", path)
peer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(peer)

# The allocator and the thread pools read their settings when the process starts.
if "PEER_DRIVEN" not in os.environ:
    os.execve(sys.executable, [sys.executable, *sys.argv], dict(peer.env(build, threads), PEER_DRIVEN="1"))


def say(**message):
    print(json.dumps(message), flush=True)


def measure(fn, warm=5, **_):
    cell = sys._getframe(1).f_locals
    if wanted in cell["name"]:
        for _ in range(warm):
            fn()
        say(cell=cell["name"], flops=cell["flops"])
        for line in iter(sys.stdin.readline, ""):
            if not line.strip():
                break
            times, end = [], time.perf_counter() + float(line) / 1e3
            while not times or time.perf_counter() < end:
                start = time.perf_counter()
                fn()
                times.append((time.perf_counter() - start) * 1e3)
            say(times=times)
    return dict(ms=0.0, foreign=0.0)


sys.modules["quiet"] = types.SimpleNamespace(measure=measure)
sys.stderr = open(os.devnull, "w")
import torch

say(version=torch.__version__)
peer.main_child(build, threads)
