#!/usr/bin/env python3
"""Times the training of `gymkhana train mappo simple_tag_v3 --preset scouts-and-spotters` here and a MAPPO of the same networks in PyTorch, turn by turn.

    python3 bench/peers/pytorch/mappo.py [--turns 3] [--updates 6] [--threads 1] [--messages gat]

Two hunters that see the obstacles and two that see the prey, 32 copies of 100 steps, 4 epochs of 8 minibatches; width 64. The rival's
world costs nothing: it is shown numbers that were drawn beforehand. So its time is that of acting, of judging, of advantages and of
gradient steps alone, while ours also simulates the world. Needs PyTorch with OpenBLAS (Debian: python3-torch, libopenblas0-pthread).
Prints agent-steps a second, the medians over turns, and their ratio; above 1 means that Gymkhana is faster.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import server

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
COPIES, STEPS, EPOCHS, MINIBATCHES, WIDTH, HEADS, AGENTS, LINK, CHOICES = 32, 100, 4, 8, 64, 4, 4, 5, 5
CLASSES = {"A": [(1, 4), (2, 2), (1, 2)], "B": [(1, 4), (1, 4), (1, 2)]}  # items and features of what each class sees, itself first
STATE = [(4, 6), (1, 4), (2, 2)]


def build(torch, messages):
    nn, F = torch.nn, torch.nn.functional

    class Seen(nn.Module):
        """What one agent sees: each thing beside itself, the largest of each feature over the things of a kind."""

        def __init__(self, kinds):
            super().__init__()
            self.kinds = kinds
            self.first = nn.ModuleList([nn.Linear(f, WIDTH) for _, f in kinds])
            self.beside = nn.ModuleList([nn.Linear(kinds[0][1], WIDTH, bias=False) for _ in kinds[1:]])
            self.summary = nn.Linear(len(kinds) * WIDTH, WIDTH)

        def forward(self, x):
            parts = torch.split(x, [n * f for n, f in self.kinds], dim=-1)
            pooled = [F.relu(self.first[0](parts[0]))]
            for k, (n, f) in enumerate(self.kinds[1:], 1):
                things = self.first[k](parts[k].reshape(-1, n, f)) + self.beside[k - 1](parts[0]).unsqueeze(1)
                pooled.append(F.relu(things).amax(1))
            return F.relu(self.summary(torch.cat(pooled, -1)))

    class Whole(nn.Module):
        """The whole state, looked at twice."""

        def __init__(self):
            super().__init__()
            self.first = nn.ModuleList([nn.Linear(f, WIDTH) for _, f in STATE])
            self.second = nn.ModuleList([nn.Linear(WIDTH, WIDTH) for _ in STATE])
            self.summary, self.result = nn.Linear(len(STATE) * WIDTH, WIDTH), nn.Linear(len(STATE) * WIDTH, WIDTH)
            self.context = nn.Linear(WIDTH, WIDTH, bias=False)

        def forward(self, x):
            parts = torch.split(x, [n * f for n, f in STATE], dim=-1)
            things = [F.relu(layer(p.reshape(-1, n, f))) for layer, p, (n, f) in zip(self.first, parts, STATE)]
            context = self.context(F.relu(self.summary(torch.cat([t.amax(1) for t in things], -1)))).unsqueeze(1)
            return F.relu(self.result(torch.cat([F.relu(layer(t) + context).amax(1) for layer, t in zip(self.second, things)], -1)))

    class Messages(nn.Module):
        def __init__(self):
            super().__init__()
            self.receiver, self.sender = nn.Linear(WIDTH, WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
            self.edge = nn.Linear(LINK, WIDTH, bias=False)
            self.score, self.other = nn.Parameter(torch.randn(HEADS, WIDTH // HEADS) * 0.1), nn.Parameter(torch.randn(HEADS, WIDTH // HEADS) * 0.1)

        def forward(self, h, links, edges):
            rows, n, _ = h.shape
            closed = links.unsqueeze(1) == 0
            if messages == "gatv2":
                values = (self.sender(h).unsqueeze(1) + self.edge(edges)).view(rows, n, n, HEADS, WIDTH // HEADS)
                scores = (F.leaky_relu(self.receiver(h).view(rows, n, 1, HEADS, -1) + values, 0.2) * self.score).sum(-1).permute(0, 3, 1, 2)
            else:
                mapped = self.sender(h).view(rows, n, HEADS, WIDTH // HEADS)
                scores = F.leaky_relu((mapped * self.score).sum(-1).unsqueeze(2) + (mapped * self.other).sum(-1).unsqueeze(1), 0.2).permute(0, 3, 1, 2)
            weights = torch.softmax(scores.masked_fill(closed, -1e9), -1).masked_fill(closed, 0)
            if messages == "gatv2":
                return (weights.permute(0, 2, 3, 1).unsqueeze(-1) * values).sum(2).reshape(rows, n, WIDTH)
            return torch.matmul(weights, mapped.permute(0, 2, 1, 3)).permute(0, 2, 1, 3).reshape(rows, n, WIDTH)

    class Team(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoders = nn.ModuleDict({c: Seen(k) for c, k in CLASSES.items()})
            self.eyes = nn.ModuleDict({c: Seen(k) for c, k in CLASSES.items()})
            self.actors = nn.ModuleDict({c: nn.Sequential(nn.Linear(2 * WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, CHOICES)) for c in CLASSES})
            self.messages, self.state = Messages(), Whole()
            self.critic = nn.Sequential(nn.Linear(2 * WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 1))

        def act(self, seen, links, edges):
            h = torch.cat([self.encoders[c](seen[c].flatten(0, 1)).view(-1, 2, WIDTH) for c in CLASSES], 1)
            known = torch.cat([h, self.messages(h, links, edges)], -1)
            return {c: self.actors[c](known[:, 2 * i:2 * i + 2].reshape(-1, 2 * WIDTH)) for i, c in enumerate(CLASSES)}

        def judge(self, seen, state):
            spread = self.state(state).unsqueeze(1).expand(-1, 2, -1).reshape(-1, WIDTH)
            return {c: self.critic(torch.cat([self.eyes[c](seen[c].flatten(0, 1)), spread], -1)).squeeze(-1) for c in CLASSES}

    return Team()


def theirs(updates, threads, messages):
    server.prepare(threads)
    import torch
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    team = build(torch, messages)
    optimizer = torch.optim.Adam(team.parameters(), lr=1e-3, eps=1e-5)
    count = COPIES * STEPS
    seen = {c: torch.randn(count, 2, sum(n * f for n, f in k)) for c, k in CLASSES.items()}
    links = (torch.rand(count, AGENTS, AGENTS) < 0.5).float() * (1 - torch.eye(AGENTS))
    edges, state, rewards = torch.randn(count, AGENTS, AGENTS, LINK), torch.randn(count, sum(n * f for n, f in STATE)), torch.randn(STEPS, COPIES)
    log_softmax, huber = torch.log_softmax, torch.nn.functional.huber_loss
    times = []
    for _ in range(updates + 2):
        begin = time.perf_counter()
        drawn, old, values = {c: [] for c in CLASSES}, {c: [] for c in CLASSES}, {c: [] for c in CLASSES}
        with torch.no_grad():
            for step in range(STEPS):
                rows = slice(step * COPIES, (step + 1) * COPIES)
                now = {c: seen[c][rows] for c in CLASSES}
                outputs, judged = team.act(now, links[rows], edges[rows]), team.judge(now, state[rows])
                for c in CLASSES:
                    logs = log_softmax(outputs[c], -1)
                    action = torch.multinomial(logs.exp(), 1)
                    drawn[c].append(action.view(COPIES, 2))
                    old[c].append(logs.gather(1, action).view(COPIES, 2))
                    values[c].append(judged[c].view(COPIES, 2))
            advantages, returns = {}, {}
            for c in CLASSES:
                value, running, found = torch.stack(values[c]), torch.zeros(COPIES, 2), []
                for step in reversed(range(STEPS)):
                    following = value[step + 1] if step + 1 < STEPS else value[step]
                    running = rewards[step].unsqueeze(1) + 0.95 * following - value[step] + 0.95 * 0.95 * running
                    found.append(running)
                advantage = torch.stack(found[::-1])
                returns[c] = (advantage + value).flatten(0, 1)
                advantages[c] = ((advantage - advantage.mean()) / (advantage.std() + 1e-8)).flatten(0, 1)
            drawn, old, values = ({c: torch.stack(t[c]).flatten(0, 1) for c in CLASSES} for t in (drawn, old, values))
        for _ in range(EPOCHS):
            order = torch.randperm(count)
            for part in order.chunk(MINIBATCHES):
                now = {c: seen[c][part] for c in CLASSES}
                outputs, judged = team.act(now, links[part], edges[part]), team.judge(now, state[part])
                total = 0
                for c in CLASSES:
                    logs = log_softmax(outputs[c], -1)
                    entropy = -(logs.exp() * logs).sum(-1).mean()
                    ratio = (logs.gather(1, drawn[c][part].view(-1, 1)).squeeze(1) - old[c][part].flatten()).exp()
                    advantage, target, before = advantages[c][part].flatten(), returns[c][part].flatten(), values[c][part].flatten()
                    policy = torch.max(-advantage * ratio, -advantage * ratio.clamp(0.8, 1.2)).mean()
                    near = before + (judged[c] - before).clamp(-0.2, 0.2)
                    value = torch.max(huber(judged[c], target, delta=10, reduction="none"), huber(near, target, delta=10, reduction="none")).mean()
                    total = total + 0.5 * (policy - 0.01 * entropy + value)
                optimizer.zero_grad(set_to_none=True)
                total.backward()
                torch.nn.utils.clip_grad_norm_(team.parameters(), 10)
                optimizer.step()
        times.append(time.perf_counter() - begin)
    return COPIES * STEPS * AGENTS / statistics.median(times[2:])


def ours(updates, threads, messages):
    with tempfile.TemporaryDirectory() as folder:
        run = os.path.join(folder, "run")
        words = "train mappo simple_tag_v3 --preset scouts-and-spotters --seed 1 --threads {} --set updates={},evaluate-every=1000,validation-episodes=1,messages={} --out {}".format(threads, updates + 10, messages, run)
        subprocess.run([os.path.join(ROOT, "gymkhana")] + words.split(), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(os.path.join(run, "metrics.jsonl")) as lines:
            walls = [json.loads(line)["wallSeconds"] for line in lines]
    # The first updates are compiled while they run; the last one plays validation episodes.
    times = [b - a for a, b in zip(walls[8:-2], walls[9:-1])]
    return COPIES * STEPS * AGENTS / statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--updates", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--messages", choices=["gat", "gatv2"], default="gat")
    parser.add_argument("--rival", action="store_true", help=argparse.SUPPRESS)
    a = parser.parse_args()
    if a.rival:
        print(theirs(a.updates, a.threads, a.messages))
        return 0
    rates = []
    for turn in range(a.turns):
        print("turn {} of {}".format(turn + 1, a.turns), file=sys.stderr)
        rival = [sys.executable, os.path.abspath(__file__), "--rival"] + sys.argv[1:]
        rates.append((ours(a.updates, a.threads, a.messages), float(subprocess.run(rival, check=True, stdout=subprocess.PIPE).stdout)))
    mine, peer = (statistics.median(column) for column in zip(*rates))
    ratios = sorted(m / p for m, p in rates)
    print("| messages | threads | Gymkhana, agent-steps/s | PyTorch | ratio of medians | worst turn, best turn |\n|---|---|---|---|---|---|")
    print("| {} | {} | {:.0f} | {:.0f} | {:.2f} | {:.2f}, {:.2f} |".format(a.messages, a.threads, mine, peer, mine / peer, ratios[0], ratios[-1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
