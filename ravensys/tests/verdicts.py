#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What is said of the recipes of data/verdicts: makes them, asks, and compares with what is stored.

  verdicts.py make DIR                    every case as a folder DIR/NAME
  verdicts.py ask DIR RAVENADM ARG...     asks our program; writes DIR/NAME/ours, DIR/NAME/our-sheet
  verdicts.py hear DIR                    reads what the other program said in DIR/NAME/said, of status DIR/NAME/status
  verdicts.py check DIR ours|theirs       says where DIR differs from what is stored, and fails then
  verdicts.py agree                       says where what is stored disagrees with itself, and fails then
  verdicts.py count good|faulty|differ    how many cases
  verdicts.py store DIR ours|theirs       stores it: for those who add a case

A verdict is "good", "hang", "crash", or "LINE CLASS reason"; line "-" for a fault of the whole file. Stored are both
programs' in the file answers, and the other's buildsheets, which ours must equal: sheets/BASE of the base recipes, and
in sheets/changes how those of the cases differ from them (a diff without context).
"""
import concurrent.futures
import difflib
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "verdicts")
SHEETS = os.path.join(HERE, "sheets")


def read(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)


# --- making


def unescape(text):
    """\\t \\r \\\\ \\xHH, \\N{TEXT}"""
    text = re.sub(rb"\\(\d+)\{([^}]*)\}", lambda m: m[2] * int(m[1]), text)
    known = {b"t": b"\t", b"r": b"\r", b"\\": b"\\"}
    return re.sub(rb"\\(x..|.)", lambda m: known.get(m[1]) or bytes([int(m[1][1:], 16)]), text)


def load_cases():
    """[(name, base, edits)]"""
    cases = []
    for line in read(os.path.join(HERE, "cases")).split(b"\n"):
        if line.startswith(b"== "):
            words = line.decode().split()
            cases.append((words[1], words[2] if len(words) > 2 else "sink", []))
        elif line and line[:1] in b"=-+*$":
            cases[-1][2].append(line)
    return cases


def apply(lines, edits):
    at = lines.index(b"# here") + 1
    ended = True
    for edit in edits:
        kind, text = edit[:1], edit[1:]
        if kind == b"$":
            at = len(lines)
        elif kind == b"=":
            at = lines.index(text) + 1
        elif kind == b"-":
            at = lines.index(text, at) if text in lines[at:] else lines.index(text)
            del lines[at]
        elif text == b"\\0":
            ended = False
        else:
            lines.insert(at, text if kind == b"+" else unescape(text))
            at += 1
    return b"\n".join(lines) + (b"\n" if ended else b"")


def make(out):
    for name, base, edits in load_cases():
        source = os.path.join(HERE, "base", base)
        folder = os.path.join(out, name)
        shutil.copytree(source, folder)
        lines = read(os.path.join(source, "specification")).rstrip(b"\n").split(b"\n")
        try:
            write(os.path.join(folder, "specification"), apply(lines, edits))
        except ValueError:
            sys.exit("case %s: a line of it is not in %s" % (name, base))


# --- asking ours


def ask(out, command):
    def one(folder):
        r = subprocess.run(command + [folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
        if r.returncode == 0:
            verdict = "good"
            write(os.path.join(folder, "our-sheet"), json.loads(r.stdout).encode())  # --json: one string
        else:
            try:
                p = json.loads(r.stdout)["problems"][0]
                line = "-" if p["class"] == "late" else p.get("line", 0)
                verdict = "%s %s %s" % (line, p["class"], p["reason"])
            except (ValueError, KeyError, IndexError):
                verdict = "status %d %s" % (r.returncode, r.stderr.decode(errors="replace").strip())
        write(os.path.join(folder, "ours"), (verdict + "\n").encode())

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(one, [os.path.join(out, case[0]) for case in load_cases()]))


# --- hearing the other


def load_classes():
    rows = read(os.path.join(HERE, "classes")).decode().splitlines()
    return [row.split("\t") for row in rows if row and not row.startswith("#")]


def classify(text, classes):
    return next(word for pattern, word in classes if re.search(pattern, text))


def verdict_of(said, status, classes):
    if status in (124, 137):
        return "hang"
    m = re.search(r"^raised (.*)$", said, re.M)
    if m:
        return "crash " + m[1]
    lines = said.splitlines()
    failed = [i for i, line in enumerate(lines) if "Failed to parse specification" in line]
    if not failed:
        if re.search(r"^# Buildsheet", said, re.M):
            return "good"
        # the defaults of option groups are looked at when it was read, and nothing else is said
        return "- late " + " / ".join(lines)
    text = " ".join(lines[failed[0] + 1 :])
    m = re.match(r"Line +(\d+): *(.*)", text)
    if m:
        return "%s %s %s" % (m[1], classify(m[2], classes), m[2])
    return "- late " + " / ".join(lines[: failed[0]] + [text])


def hear(out):
    classes = load_classes()
    for name, _, _ in load_cases():
        folder = os.path.join(out, name)
        said = read(os.path.join(folder, "said"))
        verdict = verdict_of(
            said.decode(errors="replace").replace("\r", "\\r"), int(read(os.path.join(folder, "status"))), classes
        )
        if verdict == "good":
            # warnings come before it
            write(os.path.join(folder, "their-sheet"), said[said.index(b"# Buildsheet") :])
        write(os.path.join(folder, "theirs"), (verdict + "\n").encode())


# --- the stored buildsheets


def load_sheets():
    """{name: text}, made of the sheets of the base recipes and the changes."""
    bases = {}
    sheets, changes = {}, {}
    if not os.path.exists(os.path.join(SHEETS, "changes")):
        return sheets
    for line in read(os.path.join(SHEETS, "changes")).split(b"\n"):
        if line.startswith(b"== "):
            name = line[3:].decode()
            changes[name] = []
        elif line and not line.startswith(b"#"):
            changes[name].append(line)
    for name, base, _ in load_cases():
        if name in changes:
            if base not in bases:
                bases[base] = read(os.path.join(SHEETS, base)).split(b"\n")
            sheets[name] = b"\n".join(patch(bases[base], changes[name]))
    return sheets


def patch(lines, diff):
    """@@ -FROM[,COUNT] +... @@, then the lines that go and those that come."""
    out, at = [], 0
    for line in diff:
        m = re.match(rb"@@ -(\d+)(?:,(\d+))? ", line)
        if m:
            count = int(m[2]) if m[2] else 1
            start = int(m[1]) - (1 if count else 0)
            out += lines[at:start]
            at = start + count
        elif line[:1] == b"+":
            out.append(line[1:])
    return out + lines[at:]


def save_sheets(sheets):
    text = ["# How the buildsheets of the cases differ from those of their base recipes."]
    bases = {}
    os.makedirs(SHEETS, exist_ok=True)
    for name, base, _ in load_cases():
        if name == "good-" + base:
            bases[base] = sheets[name].decode("latin-1").split("\n")
            write(os.path.join(SHEETS, base), sheets[name])
    for name, base, _ in load_cases():
        if name in sheets:
            lines = sheets[name].decode("latin-1").split("\n")
            text += ["", "== " + name] + list(difflib.unified_diff(bases[base], lines, n=0, lineterm=""))[2:]
    write(os.path.join(SHEETS, "changes"), "\n".join(text + [""]).encode("latin-1"))


# --- what is stored


def load_answers():
    answers, name = {}, None
    path = os.path.join(HERE, "answers")
    for line in read(path).decode().split("\n") if os.path.exists(path) else []:
        if line.startswith("\t"):
            key, _, text = line[1:].partition("\t")
            answers[name][key] = text
        elif line and not line.startswith("#"):
            name = line
            answers[name] = {}
    return answers


def save_answers(answers):
    lines = [
        "# What the program that these recipes were first written for says of each case (theirs), and what ours says:",
        "# line, class and reason; the line is - when the fault is of the whole file. differs: why the two disagree.",
    ]
    for name, _, _ in load_cases():
        lines += ["", name]
        lines += ["\t%s\t%s" % (key, answers[name][key]) for key in ("theirs", "ours", "differs") if key in answers[name]]
    write(os.path.join(HERE, "answers"), ("\n".join(lines) + "\n").encode())


def store(out, who):
    answers, sheets = load_answers(), load_sheets()
    for name, _, _ in load_cases():
        verdict = read(os.path.join(out, name, who)).decode(errors="replace").rstrip("\n")
        answers.setdefault(name, {})[who] = verdict
        if who == "theirs" and verdict == "good":
            sheets[name] = read(os.path.join(out, name, "their-sheet"))
        elif verdict != "good":
            sheets.pop(name, None)
    save_answers(answers)
    save_sheets(sheets)


def place(verdict):
    words = verdict.split(" ")
    return words[0] if words[0] in ("good", "hang", "crash") else " ".join(words[:2])


def disagrees(answer):
    """Not the same line and class; where the other hangs or crashes, any fault will do."""
    theirs, ours = place(answer["theirs"]), place(answer["ours"])
    if theirs in ("hang", "crash"):
        return not re.match(r"(\d+|-) ", ours)
    return theirs != ours


def check(out, who):
    answers, sheets = load_answers(), load_sheets()
    wrong = 0
    for name, _, _ in load_cases():
        said = read(os.path.join(out, name, who)).decode(errors="replace").rstrip("\n")
        if said != answers[name][who]:
            wrong += 1
            print("%s\n\tstored\t%s\n\tsaid\t%s" % (name, answers[name][who], said))
        if said != "good" or place(answers[name]["theirs"]) != "good" or "differs" in answers[name]:
            continue
        sheet = os.path.join(out, name, "our-sheet" if who == "ours" else "their-sheet")
        if name not in sheets or read(sheet) != sheets[name]:
            wrong += 1
            print("%s: the buildsheet is not the stored one" % name)
            write(os.path.join(out, name, "stored-sheet"), sheets.get(name, b""))
            subprocess.run(["diff", "-u", os.path.join(out, name, "stored-sheet"), sheet], check=False)
    return wrong


def agree():
    wrong = 0
    for name, answer in load_answers().items():
        if disagrees(answer) != ("differs" in answer):
            wrong += 1
            print("%s\n\ttheirs\t%s\n\tours\t%s\n\tdiffers\t%s" % (
                name, answer["theirs"], answer["ours"], answer.get("differs", "no reason is given")))
    return wrong


def count(what):
    answers = load_answers().values()
    tests = {
        "good": lambda a: place(a["theirs"]) == "good" == place(a["ours"]),
        "faulty": lambda a: place(a["ours"]) != "good" and "differs" not in a,
        "differ": lambda a: "differs" in a,
    }
    print(sum(map(tests[what], answers)))


def main(argv):
    commands = {"make": make, "hear": hear, "store": store, "check": check, "agree": agree, "count": count}
    if len(argv) > 3 and argv[1] == "ask":
        return ask(argv[2], argv[3:])
    if len(argv) < 2 or argv[1] not in commands:
        sys.exit(__doc__)
    return commands[argv[1]](*argv[2:])


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv) else 0)
