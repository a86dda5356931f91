#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Dependency lists of the program whose recipes we read, from the only place where it shows them: its web pages.

    original_depends.py fold TREE OUT OPSYS MAJOR ARCH
        copies a compiled tree; what its sheets say for one platform becomes what they say for all, since the pages
        leave that out. Prints the names of the ports that were changed.
    original_depends.py lists WWW OUT
        a file NAMEBASE:VARIANT for every page, in the form of `ravenadm dev depends`
"""
import html
import os
import re
import shutil
import sys

FOLD = {"B_DEPS": "BUILD_DEPENDS", "BR_DEPS": "BUILDRUN_DEPENDS", "R_DEPS": "RUN_DEPENDS", "C_USES": "USES",
        "OPT_ON": "OPT_ON[all]"}

OTHERS = "dragonfly|freebsd|netbsd|openbsd|sunos|linux|darwin|midnightbsd"


def blocks(text):
    """The variable part as [key, items, lines]; other lines have no key."""
    out = []
    for line in text.split("\n"):
        key = re.match(r"([A-Z_]+(?:\[[^\]]*\])?)=\t+(.*)$", line)
        if key:
            out.append([key.group(1), key.group(2).split(" "), [line]])
        elif line.startswith("\t\t\t") and not line.startswith("\t\t\t\t") and out and out[-1][0]:
            out[-1][1] += line.strip().split(" ")
            out[-1][2].append(line)
        else:
            out.append([None, [], [line]])
    return out


def chosen_option(item, major, arch):
    parts = item.split("/")
    if len(parts) > 1 and parts[1] not in ("", major):
        return None
    if len(parts) > 2 and arch not in parts[2].split("|"):
        return None
    return parts[0]


def column(key):
    return key + "=" + "\t" * max(1, (24 - len(key) - 1 + 7) // 8)


def put(found, order, key, items):
    for block in found:
        if block[0] == key:
            block[1] += [x for x in items if x not in block[1]]
            break
    else:
        found.insert(order, [key, list(items), []])
        block = found[order]
    block[2] = [(column(key) if i == 0 else "\t\t\t") + item for i, item in enumerate(block[1])]


def fold_sheet(text, opsys, major, arch):
    end = text.find("\n[FILE:")
    head, tail = (text, "") if end < 0 else (text[:end], text[end:])
    found = blocks(head)
    changed = False
    for name, into in FOLD.items():
        key = f"{name}[{opsys}]"
        for i, block in enumerate(found):
            if block[0] != key:
                continue
            items = block[1]
            if name == "OPT_ON":
                items = [o for o in (chosen_option(x, major, arch) for x in items) if o]
            del found[i]
            if items:
                put(found, i, into, items)
            # what other systems say would now be said twice, and shows on no page
            found = [b for b in found if not (b[0] and re.match(rf"{name}\[({OTHERS})\]$", b[0]))]
            changed = True
            break
    return "\n".join(line for block in found for line in block[2]) + tail if changed else None


def fold(tree, out, opsys, major, arch):
    shutil.copytree(tree, out, ignore=shutil.ignore_patterns(".git"))
    for bucket in sorted(os.listdir(out)):
        if not bucket.startswith("bucket_"):
            continue
        for name in sorted(os.listdir(os.path.join(out, bucket))):
            path = os.path.join(out, bucket, name)
            with open(path, encoding="utf-8", newline="") as f:
                text = f.read()
            new = fold_sheet(text, opsys, major, arch)
            if new is not None:
                with open(path, "w", encoding="utf-8", newline="") as f:
                    f.write(new)
                print(name)


ROW = re.compile(r"<td[^>]*>(Build \(only\)|Build and Runtime|Runtime \(only\))</td>(.*?)</tr>", re.S)
LINK = re.compile(r'class="deplink">([^<]*)</a>')
NAMES = {"Build (only)": "BUILD", "Build and Runtime": "BUILDRUN", "Runtime (only)": "RUN"}


def page_list(text):
    plain, exrun = [], {}
    at = text.find('id="dependencies"')
    if at < 0:
        at = text.find("id='dependencies'")
    for row in ROW.finditer(text, at):
        for link in LINK.findall(row.group(2)):
            link = html.unescape(link)
            match = re.match(r"(\S+) \((\S+) subpackage\)$", link)
            if match:
                exrun.setdefault(match.group(2), []).append(match.group(1))
            elif "(" not in link and (NAMES[row.group(1)], link) not in plain:
                plain.append((NAMES[row.group(1)], link))
    lines = [f"{kind} {dep}\n" for kind, dep in plain]
    for name in sorted(exrun):
        lines += [f"EXRUN[{name}] {dep}\n" for dep in exrun[name]]
    return "".join(lines)


def lists(www, out):
    os.makedirs(out, exist_ok=True)
    for folder, _, files in os.walk(www):
        parts = os.path.relpath(folder, www).split("/")
        if "index.html" in files and len(parts) == 3 and parts[0].startswith("bucket_"):
            with open(os.path.join(folder, "index.html"), encoding="utf-8") as f:
                text = page_list(f.read())
            with open(os.path.join(out, f"{parts[1]}:{parts[2]}"), "w", encoding="utf-8") as f:
                f.write(text)


if sys.argv[1:2] == ["fold"] and len(sys.argv) == 7:
    fold(*sys.argv[2:])
elif sys.argv[1:2] == ["lists"] and len(sys.argv) == 4:
    lists(*sys.argv[2:])
else:
    sys.exit(__doc__)
