#!/usr/bin/env python3
"""Times the works of `gymkhana bench tensors` here and with PyTorch, turn by turn in one run, and prints the ratios.

    python3 bench/peers/pytorch/compare.py [--turns 5] [--seconds 1] [--threads 1 2]

Needs PyTorch with OpenBLAS (Debian: python3-torch, libopenblas0-pthread). Each figure is the median over turns of the median of
a turn; a ratio above 1 means that Gymkhana is faster. Prints a table in Markdown.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
FLOATING_PER_PRODUCT = 2.0 * 512 ** 3 / 1e9
WORKS = ["matmul-512", "bcq-update-128", "mlp-64", "act-1", "transformer-256x8", "gat-256x8"]


def ours(seconds):
    answer = json.loads(subprocess.run([os.path.join(ROOT, "gymkhana"), "bench", "tensors", "--seconds", str(seconds), "--json"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)
    times = {}
    for result in answer["results"]:
        name = result["name"].split("/")[1]
        amount = FLOATING_PER_PRODUCT if result["unit"] == "GFLOP/s" else 1.0
        times[name, result["threads"]] = amount / result["value"]
    return answer["machine"], times


def theirs(threads):
    server = os.path.join(HERE, "server.py")
    names = WORKS + ["act-1-scripted"] if threads == 1 else [w for w in WORKS if w != "act-1"]
    lines = subprocess.run([sys.executable, server, "--threads", str(threads)] + names, check=True, stdout=subprocess.PIPE).stdout.decode().splitlines()
    first, times = json.loads(lines[0]), {}
    for line in lines[1:]:
        answer = json.loads(line)
        times[answer["name"], threads] = answer["milliseconds"] / 1e3 / (100 if answer["name"].startswith("act-1") else 1)
    return first, times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    arguments = parser.parse_args()
    mine, peers = {}, {}
    for turn in range(arguments.turns):
        print("turn {} of {}".format(turn + 1, arguments.turns), file=sys.stderr)
        machine, times = ours(arguments.seconds)
        for key, value in times.items():
            mine.setdefault(key, []).append(value)
        for threads in arguments.threads:
            peer, times = theirs(threads)
            for key, value in times.items():
                peers.setdefault(key, []).append(value)
    print("{}, {} cores, {}-bit vectors, {}; {} with {}; {} turns\n".format(
        machine["processor"], machine["cores"], machine["simdBits"], machine["runtime"], peer["peer"], peer["blas"], arguments.turns))
    print("| work | threads | Gymkhana | PyTorch | ratio of medians | best turn, worst turn |\n|---|---|---|---|---|---|")
    for (name, threads), values in sorted(peers.items(), key=lambda item: (item[0][1], item[0][0])):
        own = mine.get((name.replace("-scripted", ""), threads))
        if own:
            ratios = sorted(theirs_ / ours_ for theirs_, ours_ in zip(values, own))
            ratio = statistics.median(values) / statistics.median(own)
            print("| {} | {} | {} | {} | {:.2f} | {:.2f}, {:.2f} |".format(name, threads, show(statistics.median(own)), show(statistics.median(values)), ratio, ratios[-1], ratios[0]))
    return 0


def show(seconds):
    return "{:.1f} ms".format(seconds * 1e3) if seconds >= 1e-3 else "{:.2f} µs".format(seconds * 1e6)


if __name__ == "__main__":
    sys.exit(main())
