#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Checks an order of building against a graph, and the graph against the recipes; shares no code with the program.

usage: plan-check.py GRAPH LIST TREE [--original]

GRAPH   `graph --format json` of the whole tree
LIST    `status-everything` of it: NAMEBASE:VARIANT (...) a line
TREE    the source tree, whose recipes are read by patterns; "-": recipes are not looked at
--original: as the original counts, nothing needs its compiler's port
"""
import hashlib
import json
import os
import re
import sys

COMPILER = "ravensys-gcc:"


def bucket(namebase):
    return hashlib.sha1(namebase.encode()).hexdigest()[:2].upper()


def load(path, original):
    graph = json.load(open(path))
    ignored = {n["port"] for n in graph["nodes"] if "ignore" in n}
    needs = {n["port"]: set() for n in graph["nodes"]}
    for e in graph["edges"]:
        if not (original and e["to"].startswith(COMPILER)):
            needs[e["from"]].add(e["to"])
    return needs, ignored


def dependents(needs):
    """port -> how many need it, directly or not"""
    index = {p: i for i, p in enumerate(needs)}
    above = {p: [] for p in needs}
    for port, wanted in needs.items():
        for w in wanted:
            above[w].append(port)
    sets, names = {}, list(needs)

    def walk(start):
        stack = [start]
        while stack:
            port = stack[-1]
            left = [a for a in above[port] if a not in sets]
            if left:
                stack.extend(left)
                continue
            bits = 0
            for a in above[port]:
                bits |= sets[a] | 1 << index[a]
            sets[port] = bits
            stack.pop()

    for name in names:
        if name not in sets:
            walk(name)
    return {p: bin(b).count("1") for p, b in sets.items()}


def closed(needs, start):
    """start and all that needs one of them"""
    marked, grown = set(start), True
    while grown:
        more = {p for p, wanted in needs.items() if p not in marked and wanted & marked}
        grown = bool(more)
        marked |= more
    return marked


def specifications(tree):
    for b in sorted(os.listdir(tree)):
        if b.startswith("bucket_"):
            for name in sorted(os.listdir(os.path.join(tree, b))):
                path = os.path.join(tree, b, name, "specification")
                if os.path.isfile(path):
                    yield name, open(path, encoding="utf-8", errors="replace").read()


def stated(text):
    """variants, and for each the dependencies that the recipe states outright"""
    values, key = {}, None
    for line in text.splitlines():
        if re.match(r"[A-Za-z0-9_-]+:", line):
            break
        m = re.match(r"([A-Z_]+(?:\[[^]]*\])?)=\s*(.*)", line)
        if m:
            key = m.group(1)
            values.setdefault(key, "")
            values[key] += " " + m.group(2)
        elif key and re.match(r"\t\t\t", line):
            values[key] += " " + line.strip()
        else:
            key = None
    variants = values.get("VARIANTS", "").split()
    wanted = {v: [] for v in variants}
    for key, value in values.items():
        of = re.fullmatch(r"EXRUN\[(.*)\]", key)
        if not of and key not in ("BUILD_DEPENDS", "BUILDRUN_DEPENDS", "RUN_DEPENDS"):
            continue
        plain = [w.split(":") for w in value.split() if re.fullmatch(r"[^:/${}]+:[^:/${}]+:[^:/${}]+", w)]
        plain = ["%s:%s" % (n, v) for n, _, v in plain if not re.search("_(default|used)$", v)]
        for v in variants:
            if not of or of.group(1) in values.get("SPKGS[%s]" % v, "").split():
                wanted[v] += plain
    return variants, wanted


def check_recipes(tree, needs, original, wrong):
    places, count = {}, 0
    for name, text in specifications(tree):
        variants, wanted = stated(text)
        for i, v in enumerate(variants):
            key = "%s:%s" % (name, v)
            places[key] = i
            if key not in needs:
                wrong("%s is in the tree, not in the graph" % key)
                continue
            for w in wanted[v]:
                count += 1
                if w != key and w not in needs[key] and not w.startswith(COMPILER):
                    wrong("%s needs %s: no edge" % (key, w))
    for key in needs:
        if key not in places:
            wrong("%s is in the graph, not in the tree" % key)
    print("# %d variants, %d stated dependencies" % (len(places), count))
    return places


def main(args):
    original = "--original" in args
    graph, listed, tree = [a for a in args if not a.startswith("--")]
    faults = []
    needs, ignored = load(graph, original)
    order = [line.split(" ")[0] for line in open(listed)]
    if tree == "-":
        places = {p: i for i, p in enumerate(needs)}
    else:
        places = check_recipes(tree, needs, original, faults.append)
    left_out = closed(needs, ignored)
    if set(order) != set(needs) - left_out or len(order) != len(set(order)):
        faults.append("the list is not of all ports but the ignored ones")
    place = {p: i for i, p in enumerate(order)}
    for port in order:
        faults += ["%s comes before %s, which it needs" % (port, w) for w in needs[port] if place[w] > place[port]]
    weight = dependents(needs)

    def rank(p):
        return (-weight[p], bucket(p.split(":")[0]), p.split(":")[0].encode(), places[p])

    for a, b in zip(order, order[1:]):
        if rank(a) > rank(b):
            faults.append("%s (%d wait) is listed before %s (%d wait)" % (a, weight[a], b, weight[b]))
    for f in faults[:20]:
        print("# " + f)
    return 1 if faults else 0


sys.exit(main(sys.argv[1:]))
