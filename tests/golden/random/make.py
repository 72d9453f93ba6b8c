"""Records what NumPy draws, for the tests of Gymkhana.Core.Randomness. Run: python3 make.py > numpy.json"""
import hashlib
import json
import struct

import numpy as np


def bits(x):
    return "%016x" % struct.unpack("<Q", struct.pack("<d", float(x)))[0]


def bits32(x):
    return "%08x" % struct.unpack("<I", struct.pack("<f", float(x)))[0]


def sha(array, dtype):
    return hashlib.sha256(np.ascontiguousarray(array, dtype=dtype).tobytes()).hexdigest()


def state(generator):
    s = generator.bit_generator.state
    return {"state": str(s["state"]["state"]), "inc": str(s["state"]["inc"]), "hasHalf": bool(s["has_uint32"]), "half": int(s["uinteger"])}


SEEDS = [0, 1, 2, 42, 12345, 2**32 - 1, 2**32, 2**40 + 7, 2**64 - 1, 2**64, 2**127 + 12345678901234567890,
         0x0123456789ABCDEFFEDCBA9876543210, 2**128 - 1, 2**160 + 2**70 + 3]
RANGES = [(0, 1), (0, 2), (0, 10), (-5, 5), (0, 3), (3, 1000), (0, 2**31), (0, 2**32 - 1), (0, 2**32), (0, 2**32 + 1),
          (-2**31, 2**31), (0, 3 * 2**30), (0, 2**40), (-2**62, 2**62 + 2**61), (-2**63, 2**63 - 1), (0, 2**63 - 1)]


def one_seed(seed):
    out = {"seed": str(seed), "words": [int(w) for w in np.random.SeedSequence(seed).generate_state(10)],
           "start": state(np.random.default_rng(seed))}
    out["raw"] = [str(int(w)) for w in np.random.PCG64(seed).random_raw(16)]
    g = np.random.default_rng(seed)
    out["random"] = [bits(x) for x in g.random(16)]
    g = np.random.default_rng(seed)
    out["random32"] = [bits32(x) for x in g.random(15, dtype=np.float32)]
    out["uniform"] = [bits(x) for x in g.uniform(-3.7, 11.1, 8)] + [bits(g.uniform(-1e-3, 2e5))]
    g = np.random.default_rng(seed)
    out["integers"] = []
    for low, high in RANGES:
        values = [int(g.integers(low, high)) for _ in range(6)] + [int(v) for v in g.integers(low, high, 5)]
        out["integers"].append({"low": str(low), "high": str(high), "values": [str(v) for v in values]})
    # A draw of 32 bits leaves half a word behind; draws of 64 bits in between must not take it.
    out["mixed"] = [str(int(g.integers(0, 10))), bits(g.random()), bits32(g.random(dtype=np.float32)), bits(g.normal(2.0, 3.0)),
                    str(int(g.integers(-7, 7))), str(int(g.integers(0, 2**50))), str(int(g.choice(17)))]
    out["after"] = state(g)
    g = np.random.default_rng(seed)
    out["permutations"] = [[int(v) for v in g.permutation(n)] for n in (0, 1, 2, 10)]
    big = g.permutation(1000)
    out["permutation1000"] = {"sha256": sha(big, "<i4"), "head": [int(v) for v in big[:8]]}
    items = np.arange(23, dtype=np.float64)
    g.shuffle(items)
    out["shuffle23"] = [int(v) for v in items]
    letters = [chr(97 + i) for i in range(9)]
    g.shuffle(letters)
    out["shuffleList9"] = "".join(letters)
    children = np.random.SeedSequence(seed).spawn(3)
    grandchild = children[1].spawn(2)[1]
    out["children"] = [[int(w) for w in c.generate_state(4)] for c in children]
    out["grandchild"] = [int(w) for w in grandchild.generate_state(4)]
    out["grandchildRandom"] = bits(np.random.default_rng(grandchild).random())
    b = np.random.PCG64(seed)
    b.advance(10**30 + 7)
    out["advanced"] = str(int(b.random_raw()))
    out["jumped"] = str(int(np.random.PCG64(seed).jumped(3).random_raw()))
    return out


def normals(seed, count):
    z = np.random.default_rng(seed).standard_normal(count)
    # The tail goes through the C library's log1p, whose last bit is not the same everywhere, so it is recorded apart.
    beyond = np.abs(z) > 3.6541528853610088
    return {"seed": str(seed), "count": count, "sha256": sha(z[~beyond], "<f8"), "head": [bits(x) for x in z[:16]],
            "at": [{"index": i, "value": bits(z[i])} for i in [2000, count // 2, count - 1] if not beyond[i]],
            "tail": [{"index": int(i), "value": bits(z[i])} for i in np.flatnonzero(beyond)],
            "scaled": [bits(x) for x in np.random.default_rng(seed).normal(-1.25, 0.3, 5)]}


print(json.dumps({
    "numpy": np.__version__,
    "seeds": [one_seed(s) for s in SEEDS],
    "normals": [normals(s, 200_000 if s == 42 else 20_000) for s in (0, 1, 2, 42, 12345, 2**40 + 7, 2**127 + 12345678901234567890)],
    "wordSeeds": [{"entropy": e, "key": k, "words": [int(w) for w in np.random.SeedSequence(e, spawn_key=k).generate_state(6)]}
                  for e, k in (([], []), ([1, 2, 3, 4, 5, 6], []), ([7], [0]), ([9, 8, 7, 6, 5], [3, 2]))],
}, indent=1))
