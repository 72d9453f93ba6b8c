#!/usr/bin/env python3
"""Times the work of `gymkhana bench tensors` with PyTorch, one request a line, so that both can take turns on one machine.

    python3 server.py --threads 1        reads "NAME [ROUNDS]" from standard input, answers {"name", "threads", "milliseconds", ...}
    python3 server.py --threads 1 NAME   the same for names on the command line
    python3 server.py --list             the names

A request runs its work once unmeasured, then ROUNDS times (default: as many as fit one second, at least 5), and answers the
median and the best wall-clock time of one run (of "act-1": of a hundred actions).

OpenBLAS 0.3.21 does not know processors newer than it and then falls back to kernels of 2004 (Prescott, SSE3), five times
slower than its best ones. So that PyTorch is measured at its best, OPENBLAS_CORETYPE is set to SKYLAKEX where the processor
has AVX-512, unless it is set already. Its number of threads is set too: PyTorch does not hand its own on to every BLAS.
"""
import argparse
import json
import os
import statistics
import sys
import time


def prepare(threads):
    os.environ["OPENBLAS_NUM_THREADS"] = str(threads)
    os.environ["OMP_NUM_THREADS"] = str(threads)
    if "OPENBLAS_CORETYPE" not in os.environ:
        try:
            flags = next(line for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("flags")).split()
        except (OSError, StopIteration):
            flags = []
        if "avx512f" in flags and "avx512vl" in flags:
            os.environ["OPENBLAS_CORETYPE"] = "SKYLAKEX"


def blas():
    """Which BLAS is loaded and which of its kernels it chose, as far as it tells."""
    import ctypes
    try:
        paths = {line.split()[-1] for line in open("/proc/self/maps", encoding="utf-8") if "blas" in line and "r-x" in line}
        for path in sorted(paths):
            library = ctypes.CDLL(path)
            if hasattr(library, "openblas_get_config"):
                library.openblas_get_config.restype = ctypes.c_char_p
                library.openblas_get_corename.restype = ctypes.c_char_p
                return "{}, {}, {} threads".format(
                    library.openblas_get_config().decode().split(" NO_")[0], library.openblas_get_corename().decode(), library.openblas_get_num_threads())
        return ", ".join(sorted(os.path.basename(path) for path in paths)) or "unknown"
    except OSError as error:
        return str(error)


def works():
    import torch
    import torch.nn as nn
    import torch.nn.functional as functional

    torch.manual_seed(1)

    def product(rows, columns, depth, left=False, right=False):
        def make():
            a = torch.randn(depth, rows).t() if left else torch.randn(rows, depth)
            b = torch.randn(columns, depth).t() if right else torch.randn(depth, columns)
            out = torch.empty(rows, columns)
            return (lambda: torch.mm(a, b, out=out)), 2.0 * rows * columns * depth
        return make

    def batch(count, rows, columns, depth, right=False):
        def make():
            a = torch.randn(count, rows, depth)
            b = torch.randn(count, columns, depth).transpose(1, 2) if right else torch.randn(count, depth, columns)
            return (lambda: torch.bmm(a, b)), 2.0 * count * rows * columns * depth
        return make

    def convolution(what, channels, size, outputs, kernel, stride, bytes_=False, images=128):
        def make():
            x = torch.randint(0, 256, (images, channels, size, size), dtype=torch.uint8) if bytes_ else torch.randn(images, channels, size, size)
            w = torch.randn(outputs, channels, kernel, kernel) * 0.05
            b = torch.randn(outputs)
            side = (size - kernel) // stride + 1
            flops = 2.0 * images * side * side * outputs * channels * kernel * kernel
            g = torch.randn(images, outputs, side, side)

            def floats():
                return x.float() * (1.0 / 255.0) if bytes_ else x

            def forward():
                with torch.no_grad():
                    functional.relu_(functional.conv2d(floats(), w, b, stride))

            def gradient(mask):
                return lambda: torch.ops.aten.convolution_backward(g, floats(), w, [outputs], [stride] * 2, [0, 0], [1, 1], False, [0, 0], 1, mask)

            return {"forward": forward, "input": gradient([True, False, False]), "weight": gradient([False, True, True])}[what], flops
        return make

    def nature():
        return nn.Sequential(nn.Conv2d(4, 32, 8, 4), nn.ReLU(), nn.Conv2d(32, 64, 4, 2), nn.ReLU(), nn.Conv2d(64, 64, 3, 1), nn.ReLU(), nn.Flatten())

    class TwoHeads(nn.Module):
        """Nature CNN with a head of action values and a head that imitates the data."""

        def __init__(self):
            super().__init__()
            self.trunk = nature()
            self.value = nn.Sequential(nn.Linear(4096, 512), nn.ReLU(), nn.Linear(512, 25))
            self.imitation = nn.Sequential(nn.Linear(4096, 512), nn.ReLU(), nn.Linear(512, 25))

        def forward(self, x):
            features = self.trunk(x.float() * (1.0 / 255.0))
            logits = self.imitation(features)
            return self.value(features), functional.log_softmax(logits, 1), logits

    def bcq():
        net, target = TwoHeads(), TwoHeads()
        target.load_state_dict(net.state_dict())
        adam = torch.optim.Adam(net.parameters(), lr=1e-4)
        states, following = (torch.randint(0, 256, (128, 4, 96, 96), dtype=torch.uint8) for _ in range(2))
        actions, rewards, going = torch.randint(0, 25, (128, 1)), torch.randn(128, 1), torch.ones(128, 1)

        def update():
            with torch.no_grad():
                q, logp, _ = net(following)
                p = logp.exp()
                allowed = (p / p.max(1, keepdim=True)[0] > 0.3).float()
                best = (allowed * q + (1 - allowed) * -1e8).argmax(1, keepdim=True)
                wanted = rewards + going * 0.99 * target(following)[0].gather(1, best)
            q, logp, logits = net(states)
            loss = functional.smooth_l1_loss(q.gather(1, actions), wanted) + functional.nll_loss(logp, actions.reshape(-1)) + 1e-2 * logits.pow(2).mean()
            adam.zero_grad()
            loss.backward()
            adam.step()
            with torch.no_grad():
                for ours, theirs in zip(net.parameters(), target.parameters()):
                    theirs.mul_(0.995).add_(ours, alpha=0.005)

        return update, 0.0

    def mlp():
        net = nn.Sequential(nn.Linear(16, 128), nn.Tanh(), nn.Linear(128, 128), nn.Tanh(), nn.Linear(128, 5))
        x, y = torch.randn(64, 16), torch.randn(64, 5)

        def step():
            net.zero_grad()
            functional.mse_loss(net(x), y).backward()

        return step, 0.0

    def act(scripted):
        def make():
            net = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 2))
            x = torch.randn(1, 4)
            if scripted:
                net = torch.jit.freeze(torch.jit.script(net.eval()))

            def step():
                with torch.no_grad():
                    for _ in range(100):
                        net(x)

            return step, 0.0
        return make

    def transformer():
        layer = nn.TransformerEncoderLayer(128, 2, 256, dropout=0.0, batch_first=True)
        net = nn.TransformerEncoder(layer, 2)
        x = torch.randn(256, 8, 128)

        def step():
            net.zero_grad()
            net(x).pow(2).mean().backward()

        return step, 0.0

    def graph_attention():
        class Layer(nn.Module):
            """Dense graph attention of one head, as Velickovic et al. (2018) give it."""

            def __init__(self):
                super().__init__()
                self.linear = nn.Linear(128, 128, bias=False)
                self.source, self.target = nn.Parameter(torch.randn(128) * 0.1), nn.Parameter(torch.randn(128) * 0.1)
                self.bias = nn.Parameter(torch.zeros(128))

            def forward(self, x, closed):
                h = self.linear(x)
                e = functional.leaky_relu((h @ self.source).unsqueeze(2) + (h @ self.target).unsqueeze(1), 0.2)
                return torch.bmm(e.masked_fill(closed, float("-inf")).softmax(2), h) + self.bias

        first, second = Layer(), Layer()
        x = torch.randn(256, 8, 128)
        closed = (torch.rand(256, 8, 8) < 0.5) & ~torch.eye(8, dtype=torch.bool)

        def step():
            first.zero_grad()
            second.zero_grad()
            second(functional.elu(first(x, closed)), closed).pow(2).mean().backward()

        return step, 0.0

    table = {
        "matmul-512": product(512, 512, 512),
        "matmul-512-nt": product(512, 512, 512, right=True),
        "matmul-512-tn": product(512, 512, 512, left=True),
        "matmul-64x128x128": product(64, 128, 128),
        "matmul-64x128x128-nt": product(64, 128, 128, right=True),
        "matmul-128x512x4096-nt": product(128, 512, 4096, right=True),
        "matmul-128x4096x512": product(128, 4096, 512),
        "matmul-512x4096x128-tn": product(512, 4096, 128, left=True),
        "attention-scores": batch(512, 8, 8, 64, right=True),
        "attention-values": batch(512, 8, 64, 8),
        "bcq-update-128": bcq,
        "mlp-64": mlp,
        "act-1": act(False),
        "act-1-scripted": act(True),
        "transformer-256x8": transformer,
        "gat-256x8": graph_attention,
    }
    for name, sizes in {"conv1": (4, 96, 32, 8, 4, True), "conv2": (32, 23, 64, 4, 2), "conv3": (64, 10, 64, 3, 1)}.items():
        for what in ("forward", "input", "weight"):
            table[name + "-" + what] = convolution(what, *sizes)
    return table


def measure(make, rounds):
    step, flops = make()
    step()
    times = []
    end = time.perf_counter() + 1.0
    while len(times) < rounds if rounds else (len(times) < 5 or time.perf_counter() < end):
        began = time.perf_counter()
        step()
        times.append(time.perf_counter() - began)
    median, best = statistics.median(times), min(times)
    answer = {"milliseconds": median * 1e3, "bestMilliseconds": best * 1e3, "rounds": len(times)}
    if flops:
        answer["gigaflops"] = flops / median / 1e9
        answer["bestGigaflops"] = flops / best / 1e9
    return answer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    prepare(arguments.threads)
    import torch
    torch.set_num_threads(arguments.threads)
    table = works()
    if arguments.list:
        print("\n".join(table))
        return 0
    print(json.dumps({"peer": "PyTorch " + torch.__version__, "threads": arguments.threads, "blas": blas()}), flush=True)
    requests = arguments.names or sys.stdin
    for request in requests:
        words = request.split()
        if not words:
            continue
        if words[0] not in table:
            print(json.dumps({"name": words[0], "error": "no such work; --list names them"}), flush=True)
            continue
        answer = {"name": words[0], "threads": arguments.threads}
        answer.update(measure(table[words[0]], int(words[1]) if len(words) > 1 else arguments.rounds))
        print(json.dumps(answer), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
