#!/usr/bin/env python3
"""Fits data/weights.json on what tests/embedded_menus.rs dumps, and tells the figures by cross-validation.

    fit.py evidence.jsonl [--write] [--misses FILE]

The figures come from five folds of whole menus; `--write` then fits on all of them. Needs numpy and scipy.
"""

import argparse
import collections
import json
import pathlib

import numpy as np
from scipy.optimize import minimize

COUNT, ZERO, FARTHEST = 20, 9, 0.6
UNIVERSALS = ["repeat", "help", "operator", "back", "cancel"]
# Blocks of the parameters, as reranker.rs names them.
BLOCKS = [("own", COUNT), ("lead", COUNT), ("universal_own", COUNT), ("universal_lead", COUNT), ("universal_bias", 5),
          ("universal_length", 1), ("none_best", COUNT), ("none_lead", COUNT), ("none_utterance", 7), ("none_bias", 1)]
SIZE = sum(size for _, size in BLOCKS)
AT = dict(zip([name for name, _ in BLOCKS], np.cumsum([0] + [size for _, size in BLOCKS])))
PENALTY = 1.0
# How far all choices together, rather than the best one alone, decide how sure the answer is.
SHARE = {"zero": 0.5, "few": 0.3}
SPANISH = 3.0  # There are few Spanish items: each counts as so many.


def design(evidence, few):
    """One row of inputs per outcome: choices, universals, none."""
    used = COUNT if few else ZERO
    x, u = np.array(evidence["choices"]), np.array(evidence["universals"])
    rows = np.zeros((len(x) + len(u) + 1, SIZE))
    place = lambda name, values: slice(AT[name], AT[name] + len(values))
    order = np.sort(x, 0)[::-1]
    first, second = order[0], order[1] if len(x) > 1 else np.zeros(COUNT)
    holder = x.argmax(0)
    clamp = lambda values: np.clip(values, -FARTHEST, FARTHEST)
    for at, own in enumerate(x):
        lead = clamp(own - np.where(holder == at, second, first))
        rows[at, AT["own"] : AT["own"] + used] = own[:used]
        rows[at, AT["lead"] : AT["lead"] + used] = lead[:used]
    for at, own in enumerate(u):
        row = rows[len(x) + at]
        row[place("universal_own", own)] = own
        row[place("universal_lead", own)] = clamp(own - first)
        row[AT["universal_bias"] + at] = 1
        row[AT["universal_length"]] = evidence["utterance"][0]
    none = rows[-1]
    none[AT["none_best"] : AT["none_best"] + used] = first[:used]
    none[AT["none_lead"] : AT["none_lead"] + used] = clamp(first - second)[:used]
    none[place("none_utterance", evidence["utterance"])] = evidence["utterance"]
    none[AT["none_bias"]] = 1
    return rows


class Items:
    def __init__(self, path):
        self.items = [json.loads(line) for line in open(path)]
        self.items = [i for i in self.items if i["kind"] != "positional" and i["oos"] != "bad_key" and i["zero"]]
        self.menus = list(dict.fromkeys(i["menu"] for i in self.items))
        # Folds of whole menus, each with its share of Spanish ones.
        self.fold = {menu: at % 5 for at, menu in enumerate(self.menus)}
        self.folds = np.array([self.fold[i["menu"]] for i in self.items])
        self.spanish = np.array([i["menu"].startswith("es-") for i in self.items])

    def tensors(self, few):
        widest = max(len(i["keys"]) for i in self.items) + 6
        X = np.zeros((len(self.items), widest, SIZE), np.float32)
        right = np.zeros((len(self.items), widest), bool)
        open_ = np.zeros((len(self.items), widest), bool)
        for at, i in enumerate(self.items):
            rows = design(i["few" if few else "zero"], few)
            X[at, : len(rows)] = rows
            open_[at, : len(rows)] = True
            count = len(i["keys"])
            if i["key"] is not None:
                choice = i["keys"].index(i["key"])
                right[at, choice] = True
                for universal, standing in enumerate(i["standing"]):
                    if standing == choice:
                        right[at, count + universal] = True
            if i["universal"]:
                right[at, count + UNIVERSALS.index(i["universal"])] = True
            if i["kind"] == "oos":
                right[at, len(rows) - 1] = True
        return X, right, open_


def likely(X, open_, w):
    scores = np.where(open_, X @ w, -1e9)
    scores -= scores.max(1, keepdims=True)
    p = np.exp(scores)
    return p / p.sum(1, keepdims=True)


def fit(X, right, open_, weight, start=None):
    def loss(w):
        p = likely(X, open_, w.astype(np.float32))
        mass = (p * right).sum(1) + 1e-12
        g = weight[:, None] * (p - p * right / mass[:, None])
        return (-(weight * np.log(mass)).sum() + 0.5 * PENALTY * w @ w, np.einsum("ik,ikp->p", g, X) + PENALTY * w)

    begin = np.zeros(SIZE) if start is None else start
    return minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": 250}).x


def decide(item, p, sure):
    """Choices, universals and none as menu.rs reports them; `sure` None leaves the softmax as it is."""
    count = len(item["keys"])
    choices, universals, none = p[:count].copy(), p[count : count + 5].copy(), p[count + 5]
    for universal, standing in enumerate(item["standing"]):
        if standing is not None:
            choices[standing] += universals[universal]
            universals[universal] = 0
    best = choices.argmax()
    if sure is not None:
        share, slope, bias, spanish = sure
        blend = np.clip(choices[best] ** (1 - share) * choices.sum() ** share, 1e-6, 1 - 1e-6)
        confidence = 1 / (1 + np.exp(-(slope * np.log(blend / (1 - blend)) + bias + spanish * item["zero"]["utterance"][4])))
        factor = (1 - confidence) / max(1e-9, 1 - choices[best])
        if np.delete(choices, best).max(initial=0) * factor <= confidence:
            others = choices * factor
            others[best] = confidence
            choices, universals, none = others, universals * factor, none * factor
    return best, choices, universals, none


def fit_sure(items, P, share):
    """The curve from softmax to confidence: how sure the best choice is, by its own and by all choices' probability."""
    inputs, rights = [], []
    for i, p in zip(items, P):
        if i["kind"] == "universal":
            continue
        best, choices, _, _ = decide(i, p, None)
        blend = np.clip(choices[best] ** (1 - share) * choices.sum() ** share, 1e-6, 1 - 1e-6)
        inputs.append([np.log(blend / (1 - blend)), 1, i["zero"]["utterance"][4]])
        rights.append(i["key"] is not None and i["keys"][best] == i["key"])
    inputs, rights = np.array(inputs), np.array(rights, float)

    def loss(w):
        z = inputs @ w
        q = 1 / (1 + np.exp(-z))
        return (np.logaddexp(0, z) - rights * z).sum() + 0.5 * w[2] ** 2, inputs.T @ (q - rights) + [0, 0, w[2]]

    return (share, *minimize(loss, np.array([1.0, 0, 0]), jac=True, method="L-BFGS-B").x)


def auroc(inside, outside):
    values = np.concatenate([inside, outside])
    order = values.argsort(kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1, len(values) + 1)
    return (ranks[: len(inside)].sum() - len(inside) * (len(inside) + 1) / 2) / (len(inside) * len(outside))


def figures(items, chosen, P, curves):
    hits, sure, oos, near, pairs, uni, alarms = [], [], [], [], [], [], []
    misses = []
    for at in np.flatnonzero(chosen):
        i = items.items[at]
        best, choices, universals, none = decide(i, P[at], curves[items.folds[at]])
        confidence = choices[best]
        called = UNIVERSALS[universals.argmax()] if universals.max() > max(confidence, none) else None
        hit = i["keys"][best] == i["key"]
        if i["kind"] in ("sentence", "short"):
            hits.append(hit)
            sure.append(confidence)
            pairs.append((confidence, hit))
            alarms.append(called is not None)
            if not hit:
                misses.append((i["id"], i["utterance"], i["labels"][i["keys"].index(i["key"])], i["labels"][best]))
        elif i["kind"] == "oos":
            oos.append(confidence)
            near += [confidence] if i["oos"] == "near" else []
            pairs.append((confidence, False))
        elif i["kind"] == "universal":
            fine = called == i["universal"] or (i["key"] is not None and hit and called is None and confidence > none)
            uni.append(fine)
            if not fine:
                misses.append((i["id"], i["utterance"], i["universal"], called or i["labels"][best]))
    bins = collections.defaultdict(lambda: [0.0, 0])
    for confidence, hit in pairs:
        bin_ = bins[min(9, int(confidence * 10))]
        bin_[0] += confidence
        bin_[1] += hit
    ece = sum(abs(c - h) for c, h in bins.values()) / len(pairs)
    text = "accuracy %.4f  auroc %.4f (near %.4f)  ece %.4f  universal %.4f  false alarms %.4f" % (
        np.mean(hits), auroc(sure, oos), auroc(sure, near), ece, np.mean(uni), np.mean(alarms))
    return text, misses


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evidence")
    parser.add_argument("--write", action="store_true", help="fit on all menus and write data/weights.json")
    parser.add_argument("--misses", type=pathlib.Path, help="what went wrong, for study")
    a = parser.parse_args()
    items = Items(a.evidence)
    weight = np.where(items.spanish, SPANISH, 1.0)
    written, missed = {}, []
    for name, few in (("zero", False), ("few", True)):
        X, right, open_ = items.tensors(few)
        P = np.zeros(right.shape)
        for fold in range(5):
            train, test = items.folds != fold, items.folds == fold
            w = fit(X[train], right[train], open_[train], weight[train])
            P[test] = likely(X[test], open_[test], w.astype(np.float32))
        # The curve of a fold is fitted on what was predicted for the others.
        rest = lambda fold: [at for at in range(len(items.items)) if items.folds[at] != fold]
        sure = [fit_sure([items.items[at] for at in rest(fold)], P[rest(fold)], SHARE[name]) for fold in range(5)]
        for language, chosen in (("en", ~items.spanish), ("es", items.spanish)):
            text, misses = figures(items, chosen, P, sure)
            print(name, language, text, flush=True)
            missed += [(name, language, *miss) for miss in misses]
        if a.write:
            w = fit(X, right, open_, weight).round(4)
            written[name] = {b: w[AT[b] : AT[b] + size].tolist() for b, size in BLOCKS}
            written[name]["sure"] = [round(float(part), 4) for part in fit_sure(items.items, P, SHARE[name])]
            for single in ("universal_length", "none_bias"):
                written[name][single] = written[name][single][0]
    if a.misses:
        a.misses.write_text("\n".join("\t".join(miss) for miss in missed))
    if a.write:
        out = pathlib.Path(__file__).parent.parent / "data" / "weights.json"
        out.write_text(json.dumps(written, indent=1) + "\n")


if __name__ == "__main__":
    main()
