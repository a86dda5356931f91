#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Holds what a build did against what `status --json` announced before it.

usage: rebuild-check.py STATUS.json BUILD.json IDS_BEFORE IDS_AFTER PACKAGES_FOLDER
IDS_*: lines "name~sub~variant~version content-id". Prints one line for each fault; exit status 1 if there is one.
"""
import glob
import json
import subprocess
import sys


def ids(path):
    out = {}
    with open(path) as f:
        for line in f:
            full, digest = line.split()
            out["~".join(full.split("~")[:3])] = digest
    return out


def slot_of(port, folder):
    """Names of the packages that were in the slot of the port's newest build."""
    base, variant = port.split(":")
    for path in glob.glob(f"{glob.escape(folder)}/**/{base}~*~{variant}~*.rvn", recursive=True):
        build = json.loads(subprocess.check_output(["bsdtar", "-xOf", path, "+BUILD"]))
        return {u["name"] for u in build.get("used", [])}
    return set()


status, build, before, after, folder = sys.argv[1:]
status = {s["port"]: s for s in json.load(open(status))}
build = json.load(open(build))
before, after = ids(before), ids(after)
built = {p["port"] for p in build["ports"] if p["outcome"] == "built"}
changed = {n for n in set(before) | set(after) if before.get(n) != after.get(n)}
faults = []
for port, s in status.items():
    if not s["reason"]:
        faults.append(f"{port}: no reason for {s['action']}")
    if s["action"] == "build" and port not in built:
        faults.append(f"{port}: announced as build, not built")
    if s["action"] in ("none", "ignore") and port in built:
        faults.append(f"{port}: announced as {s['action']}, built")
    if s["action"] == "maybe":
        cause = slot_of(port, folder) & changed
        if bool(cause) != (port in built):
            faults.append(f"{port}: maybe; changed in its slot: {sorted(cause)}; built: {port in built}")
for p in build["ports"]:
    if p["outcome"] == "built" and not p["reason"]:
        faults.append(f"{p['port']}: built without a reason")
print("\n".join(faults))
sys.exit(bool(faults))
