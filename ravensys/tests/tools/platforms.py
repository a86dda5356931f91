#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Do Makefiles and dependency lists for two platforms differ exactly where the recipe says so?

    platforms.py TREE PLATFORM=DIR PLATFORM=DIR ...

TREE is a compiled tree. A PLATFORM is OPSYS:ARCH:RELEASE; its DIR holds makefile/ and depends/ with a file
NAMEBASE:VARIANT each, as `ravenadm dev makefile|depends --platform PLATFORM --all --output` writes them. This script
reads the buildsheets by itself and says what may depend on the platform: every line that does must be as it says, for
each platform, and all other lines must be those of the first platform.
"""
import os
import re
import sys

DISPLAY = {"linux": "Linux", "freebsd": "FreeBSD", "dragonfly": "DragonFly", "netbsd": "NetBSD", "openbsd": "OpenBSD",
           "midnightbsd": "MidnightBSD", "sunos": "SunOS", "darwin": "Darwin"}
BSDS = {"freebsd", "dragonfly", "netbsd", "openbsd", "midnightbsd"}
ARCHS = {"x86_64", "i386", "aarch64", "powerpc64le", "powerpc64", "riscv64", "s390x", "armv7", "loongarch64"}

# Modules that only bring dependencies and so do not show in the Makefile's USES.
PASSIVE = set("""ada bison bsd bz2 c++ cclibs compiler cpe curl execinfo expat fontconfig fortran freetype gif gnome-icons
    gprbuild jpeg lz4 lzo makeinfo mesa pcre pcre2 pkgconfig png readline sqlite tiff xz zlib zstd""".split())

# Modules that are a library: the name of its port.
LIBRARIES = {"bz2": "bzip2", "curl": "curl", "expat": "expat", "fontconfig": "fontconfig", "freetype": "freetype",
             "gif": "giflib", "jpeg": "jpeg-turbo", "lz4": "lz4", "lzo": "lzo", "mesa": "mesa", "ncurses": "ncurses",
             "pcre": "pcre", "pcre2": "pcre2", "png": "png", "readline": "readline", "sqlite": "sqlite",
             "tiff": "tiff", "xz": "xz", "zlib": "zlib", "zstd": "zstd"}

GLIB = set("""atk dconf gdkpixbuf glib glibmm gtk2 gtk3 gtk4 gtkmm30 gtkmm40 gtksourceview3 introspection libglade libgsf
    libidl librsvg orbit2 pygobject vte""".split())

# List keywords that option helpers add to, and what the Makefile calls them.
LISTS = {k: k for k in """BUILD_TARGET CFLAGS CMAKE_ARGS CONFIGURE_ARGS CONFIGURE_ENV CPPFLAGS CXXFLAGS DF_INDEX
    EXTRACT_ONLY INSTALL_TARGET LDFLAGS MAKE_ARGS MAKE_ENV PLIST_SUB QMAKE_ARGS SUB_FILES SUB_LIST TEST_TARGET""".split()}
LISTS["PATCHFILES"] = "PF_INDEX"

PHASES = [f"{w}-{p}" for p in "fetch extract patch configure build install stage test".split()
          for w in ("pre", "do", "post")]


def words(text):
    """Items between single spaces; double quotes protect, a backslash protects a quote within."""
    out, item, quoted, i = [], "", False, 0
    while i < len(text):
        c = text[i]
        if quoted and c == "\\" and text[i + 1:i + 2] == '"':
            item += '\\"'
            i += 2
            continue
        if c == '"':
            quoted = not quoted
        if c == " " and not quoted:
            out.append(item)
            item = ""
        else:
            item += c
        i += 1
    return [x for x in out + [item] if x]


def order(keys):
    """The order in which the original walks a hashed map: the sdbm hash, new keys first within a bucket."""
    sizes = [53, 97, 193, 389, 769, 1543, 3079]
    size, table = sizes.pop(0), [[] for _ in range(53)]

    def at(key):
        h = 0
        for c in key.encode():
            h = (c + (h << 6) + (h << 16) - h) & 0xFFFFFFFF
        return h % size

    for n, key in enumerate(keys):
        if n >= size:
            old, size = table, sizes.pop(0)
            table = [[] for _ in range(size)]
            for bucket in old:
                for k in bucket:
                    table[at(k)].insert(0, k)
        table[at(key)].insert(0, key)
    return [k for bucket in table for k in bucket]


class Sheet:
    def __init__(self, path):
        with open(path, encoding="utf-8", newline="") as f:
            text = f.read()
        end = re.search(r"^\[FILE:\d+:[^]]*\]$", text, re.M)
        self.keys, self.arrays, self.helpers, self.targets = {}, {}, {}, {}
        last = None
        for line in (text[:end.start()] if end else text).split("\n"):
            last = self.line(line, last)

    def line(self, line, last):
        match = re.match(r"\[([^\]]+)\]\.([A-Z_0-9]+)=\t+(.*)$", line)
        if match:
            values = self.helpers.setdefault(match.group(1), {}).setdefault(match.group(2), [])
            values.append(match.group(3))
            return values
        match = re.match(r"([A-Z][A-Z_0-9]*)\[([^\]]+)\]=\t+(.*)$", line)
        if match:
            values = self.arrays.setdefault(match.group(1), {}).setdefault(match.group(2), [])
            values.append(match.group(3))
            return values
        match = re.match(r"([A-Z][A-Z_0-9]*)=\t+(.*)$", line)
        if match:
            values = self.keys.setdefault(match.group(1), [])
            values.append(match.group(2))
            return values
        match = re.match(r"([A-Za-z0-9_+-]+):$", line)
        if match:
            self.targets[match.group(1)] = []
            return ("target", self.targets[match.group(1)])
        if isinstance(last, tuple) and line[:1] in ("\t", "."):
            last[1].append(line)
        elif isinstance(last, list) and line.startswith("\t\t\t"):
            last.append(line.lstrip("\t"))
        return last

    def list(self, key):
        return [w for line in self.keys.get(key, []) for w in words(line)]

    def array(self, key, index):
        return [w for line in self.arrays.get(key, {}).get(index, []) for w in words(line)]


class Platform:
    def __init__(self, text):
        self.name = text
        self.opsys, self.arch, release = (text.split(":") + [""])[:3]
        self.release, self.major = release, release.split(".")[0]


def braces(text):
    while True:
        new = re.sub(r"\{\{((?:(?!\{\{|\}\}).)*)\}\}", r"${\1}", text)
        if new == text:
            return text
        text = new


class Made:
    """What of one variant may depend on the platform."""

    def __init__(self, sheet, variant, platform):
        self.sheet, self.variant, self.p = sheet, variant, platform
        self.names = [o for o in sheet.list("OPTIONS_AVAILABLE") if o != "none"]
        self.on = self.options()
        self.uses = self.all_uses()

    def options(self):
        s, p, on = self.sheet, self.p, set()
        if self.variant != "std":
            return {o[:-3] for o in s.array("VOPTS", self.variant) if o.endswith("=ON")}
        if "none" in s.list("OPTIONS_STANDARD"):
            return on
        for index in ("all", p.arch, p.opsys):
            for item in s.array("OPT_ON", index):
                parts = item.split("/")
                if len(parts) > 1 and parts[1] and parts[1] != p.major:
                    continue
                if len(parts) > 2 and p.arch not in parts[2].split("|"):
                    continue
                on.add(parts[0])
        return on

    def helper(self, option, name):
        state = "ON" if option in self.on else "OFF"
        return self.sheet.helpers.get(option, {}).get(f"{name}_{state}", [])

    def from_options(self, key):
        return [item for o in order(self.names) for item in self.helper(o, key)]

    def all_uses(self):
        uses = self.sheet.list("USES") + self.from_options("USES") + self.sheet.array("C_USES", self.p.opsys)
        parts = self.components("GNOME_COMPONENTS")
        if GLIB & set(parts) and not any(u.split(":")[0] == "python" for u in uses):
            uses.append("python:build")
        return uses

    def components(self, key):
        return self.sheet.list(key) + self.from_options(key)

    def option_items(self, option, key):
        """What an option adds to a list: its helpers, then those that say both states."""
        h, on, out = self.sheet.helpers.get(option, {}), option in self.on, list(self.helper(option, key))
        if key == "CMAKE_ARGS":
            out += [f"-D{x}:BOOL={'false' if on else 'true'}" for x in h.get("CMAKE_BOOL_F_BOTH", [])]
            out += [f"-D{x}:BOOL={'true' if on else 'false'}" for x in h.get("CMAKE_BOOL_T_BOTH", [])]
        if key == "CONFIGURE_ARGS":
            out += [f"--{'enable' if on else 'disable'}-{x}" for x in h.get("CONFIGURE_ENABLE_BOTH", [])]
            out += [f"--{'with' if on else 'without'}-{x}" for x in h.get("CONFIGURE_WITH_BOTH", [])]
        if key == "PLIST_SUB":
            out += [f"{option}-ON=", f'{option}-OFF="@comment "'] if on else \
                [f"{option}-OFF=", f'{option}-ON="@comment "']
        return out

    def items(self, key):
        out = self.sheet.list(key) + [x for o in order(self.names) for x in self.option_items(o, key)]
        if key == "MAKE_ENV" and "introspection" in self.components("GNOME_COMPONENTS"):
            out += ["GI_SCANNER_DISABLE_CACHE=1", "XDG_CACHE_HOME=${WRKDIR}"]
        if key in ("MAKE_ENV", "CONFIGURE_ENV"):
            for c in self.components("SDL_COMPONENTS"):
                out.append('SDL_CONFIG="${LOCALBASE}/bin/sdl%s-config"' % ("2" if c.endswith("2") else ""))
        if key == "DF_INDEX" and not self.sheet.list(key) and "DISTFILE" in self.sheet.arrays and not any(
                x.startswith("DF_INDEX") for h in self.sheet.helpers.values() for x in h):
            out = ["1"] + out
        return [braces(x) for x in out]

    def reasons(self):
        s, p, out = self.sheet, self.p, []
        broken = {k: list(v) for k, v in s.arrays.get("BROKEN", {}).items()}
        for o in order(self.names):
            if o in self.on:
                for text in s.helpers.get(o, {}).get("BROKEN_ON", []):
                    broken.setdefault("all", []).append(text)
        for key in order(list(broken)):
            for text in broken[key]:
                if key == p.opsys:
                    text = self.condition(text)
                elif key not in ("all", p.arch):
                    text = None
                if text is not None:
                    out.append(text)
        only = s.list("ONLY_FOR_OPSYS") + self.from_options("ONLY_FOR_OPSYS")
        if p.opsys in s.list("NOT_FOR_OPSYS") or (only and p.opsys not in only):
            out.append(f"Specification excludes {DISPLAY[p.opsys]} OS")
        if p.arch in s.list("NOT_FOR_ARCH"):
            out.append(f"Specification excludes {p.arch} architecture")
        return out

    def condition(self, text):
        match = re.match(r"([A-Za-z0-9_]+)_([0-9.]+): (.*)$", text)
        if not match or match.group(1) not in {"REL", "GTE", "LTE"} | ARCHS:
            return text
        what, value, rest = match.groups()

        def number(release):
            a, _, b = release.partition(".")
            return int(a) * 100 + int(b.split(".")[0] or 0)

        here = self.p.release if "." in value else self.p.major
        good = {"REL": value == self.p.major, "GTE": number(here) >= number(value),
                "LTE": number(here) <= number(value)}.get(what, what == self.p.arch and value == self.p.major)
        return rest if good else None

    def conditional(self):
        out = []
        for item in self.sheet.array("VAR_OPSYS", self.p.opsys) + self.sheet.array("VAR_ARCH", self.p.arch):
            name, _, value = braces(item).partition("=")
            out.append(value if name == "MAKEFILE_LINE" else f"{name}+={value}")
        return out

    def sections(self):
        """Targets of the system and of options."""
        out = {}
        for name in PHASES:
            body = self.sheet.targets.get(f"{name}-{self.p.opsys}")
            if body is not None:
                out[f"{name}-opsys"] = [f"\t# {DISPLAY[self.p.opsys]}-specific"] + body
            lines = []
            for o in self.names:
                state = "ON" if o in self.on else "OFF"
                body = self.sheet.targets.get(f"{name}-{o}-{state}")
                if body is not None:
                    lines += [f"\t# {o} option {state}"] + body
            if lines:
                out[f"{name}-option"] = lines
        return out


# --- Makefiles

class Makefile:
    """A Makefile taken apart: the reasons, the lists, the sections that may depend on the platform, and the rest."""

    def __init__(self, path, conditional):
        with open(path, encoding="utf-8", newline="") as f:
            lines = f.read().split("\n")
        self.reasons, self.lists, self.uses, self.sections, self.rest = [], {}, [], {}, []
        names = set(LISTS.values())
        i = 0
        while i < len(lines) and lines[i]:
            i += 1
        i += 1
        self.rest.append(lines[:i])
        head = []
        while i < len(lines) and lines[i]:
            name, eq, value = lines[i].partition("=")
            if name == "IGNORE" and eq:
                i = self.take_reasons(lines, i)
                head.append("IGNORE")
                continue
            if lines[i] in conditional:
                head.append(lines[i])
            elif name == "USES" and eq:
                self.uses = value.split()
            elif name in names and eq and name not in self.lists:
                self.lists[name] = value
            else:
                head.append(lines[i])
            i += 1
        self.head = [h for h in head if h != "IGNORE"]
        self.take_sections(lines, i)

    def take_reasons(self, lines, i):
        text = lines[i][len("IGNORE="):]
        if text != "\\":
            self.reasons = [text]
            return i + 1
        n = 1
        while lines[i].endswith("\\"):
            i += 1
            self.reasons.append(re.sub(r"^\[Reason %d\] " % n, "", lines[i]).removesuffix(" \\"))
            n += 1
        return i + 1

    def take_sections(self, lines, i):
        name = None
        for line in lines[i:]:
            match = re.match(r"((?:pre|do|post)-[a-z]+-(?:opsys|option)):$", line)
            if match:
                name = match.group(1)
                self.sections[name] = []
            elif line == "" or (name and line[:1] not in ("\t", ".")):
                name = None
                self.rest.append(line)
            elif name and not line.startswith(".include"):
                self.sections[name].append(line)
            else:
                name = None if line.startswith(".include") else name
                self.rest.append(line)


def without(lines, part):
    """The lines without the last place where the part stands as a whole; None when it does not."""
    if not part:
        return list(lines)
    for i in range(len(lines) - len(part), -1, -1):
        if lines[i:i + len(part)] == part:
            return lines[:i] + lines[i + len(part):]
    return None


def check_makefile(made, got, say):
    """What may depend on the platform is as the recipe says; gives the rest."""
    if got.reasons != made.reasons():
        say(f"IGNORE is {got.reasons}, the recipe says {made.reasons()}")
    for key, name in LISTS.items():
        want = " ".join(made.items(key))
        if got.lists.get(name, "") != want:
            say(f"{name} is {got.lists.get(name)!r}, the recipe says {want!r}")
    want = [u for u in made.uses if u.split(":")[0] not in PASSIVE]
    if got.uses != want:
        say(f"USES is {got.uses}, the recipe says {want}")
    if got.sections != made.sections():
        say(f"sections are {got.sections}, the recipe says {made.sections()}")
    verbatim = [braces(line) for line in made.from_options("MAKEFILE")]
    head = without(got.head, made.conditional())
    if head is None:
        say(f"lacks {made.conditional()}")
        return None
    rest = without(head, verbatim)
    if rest is None:
        say(f"lacks {verbatim}")
        return None
    blank = [x for x in got.rest[1:] if x != ""]
    return got.rest[0] + rest + blank


# --- dependencies

def arguments(uses, module):
    args, used = [], False
    for u in uses:
        name, _, rest = u.partition(":")
        if name == module:
            used = True
            args += [a for a in rest.split(",") if a]
    return args if used else None


def library(name, args):
    out = {f"BUILD {name}:dev:std"}
    if "build" not in args:
        out.add(f"BUILDRUN {name}:primary:std")
    return out


def module_dependencies(made):
    """Of the modules that look at the system, and of plain libraries (which conditional USES bring)."""
    out, opsys = set(), made.p.opsys

    def uses(module):
        return arguments(made.uses, module)

    for module, name in LIBRARIES.items():
        if uses(module) is not None:
            out |= library(name, uses(module))
    if uses("ncurses") is not None:
        out.add("BUILDRUN ncurses:terminfo:std")
    if uses("iconv") is not None and (opsys != "linux" or "standalone" in uses("iconv")):
        out |= library("libiconv", uses("iconv"))
    if uses("execinfo") is not None and opsys != "darwin":
        out |= library("libexecinfo", uses("execinfo"))
    if uses("mold") is not None and opsys == "linux":
        out.add("BUILD mold:primary:std")
    args = uses("gettext")
    if args is not None:
        out.add("BUILD gettext:aclocal:std" if opsys == "linux" else "BUILD gettext:dev:std")
        out |= {"BUILD gettext:bldtools:std", "BUILD gettext:tools:std"}
        if "asprintf" in args:
            out |= {"BUILD gettext:asprintfdev:std", "BUILDRUN gettext:asprintf:std"}
        if "build" not in args:
            out.add("BUILD gettext:solinks:std")
            if opsys != "linux":
                out.add("BUILDRUN gettext:primary:std")
    args = uses("bsd")
    if args is not None:
        if opsys in BSDS:
            for word, name in (("epoll", "libepoll-shim"), ("inotify", "libinotify")):
                out |= library(name, args) if word in args else set()
        if opsys in BSDS or opsys == "sunos":
            for word in ("udev", "gudev"):
                out |= library(f"lib{word}-devd", args) if word in args else set()
        elif "gudev" in args:
            out |= library("libgudev", args)
    for module, name in (("gmake", "gmake"), ("autoreconf", None), ("pkgconfig", "pkgconf"), ("makeinfo", "texinfo")):
        if name and uses(module) is not None and (not uses(module) or "build" in uses(module) or module == "gmake"):
            out.add(f"BUILD {name}:primary:std")
    for module, part in (("c++", "cxx_run"), ("fortran", "fortran_run"), ("ada", "ada_run"), ("cclibs", "libs")):
        for spkg in made.sheet.array("SPKGS", made.variant):
            if spkg in (uses(module) or []):
                out |= {f"EXRUN[{spkg}] ravensys-gcc:{part}:std", f"EXRUN[{spkg}] ravensys-gcc:libs:std"}
    if opsys in ("sunos", "darwin"):
        prime = [x for x in made.sheet.array("SPKGS", made.variant)
                 if x not in ("set", "examples", "nls", "info", "man", "dev", "docs")]
        if prime:
            out.add(f"EXRUN[{prime[0]}] ravensys-gcc:libs:std")
    for c in made.components("XORG_COMPONENTS"):
        out |= {f"BUILD xorg-{c}:single:std"} if c.endswith("proto") or c == "xbitmaps" else library("xorg-" + c, [])
    return out


# What a shorthand of EXRUN becomes, whatever the branch.
SHORTHANDS = {"ssl": r"(libre|open)ssl[-a-z0-9]*:primary", "python": r"python\d+:primary", "tcl": r"tcl\d+:tools",
              "perl": r"perl-[0-9.]+:primary", "ruby": r"ruby\d+:primary", "mysql": r"(mysql|mariadb)\d*:client",
              "pgsql": r"postgresql\d+:client"}


def own_dependencies(made, got):
    s, out = made.sheet, set()
    for key, system, kind in (("BUILD_DEPENDS", "B_DEPS", "BUILD"), ("BUILDRUN_DEPENDS", "BR_DEPS", "BUILDRUN"),
                              ("RUN_DEPENDS", "R_DEPS", "RUN")):
        for d in s.list(key) + made.from_options(key) + s.array(system, made.p.opsys):
            out.add(f"{kind} {d}")
    for spkg in s.arrays.get("EXRUN", {}):
        for item in s.array("EXRUN", spkg):
            what, *limits = item.split("/")
            if len(limits) > 0 and limits[0] and limits[0] != made.variant:
                continue
            if len(limits) > 1 and limits[1] != made.p.opsys:
                continue
            if what.count(":") == 2:
                out.add(f"EXRUN[{spkg}] {what}")
            elif any(what in s.array("SPKGS", v) for v in s.arrays.get("SPKGS", {})):
                out.add(f"EXRUN[{spkg}] {' '.join(s.list('NAMEBASE'))}:{what}:{made.variant}")
            elif what in SHORTHANDS:
                form = re.escape(f"EXRUN[{spkg}] ") + SHORTHANDS[what] + ":std$"
                out |= {x for x in got if re.match(form, x)} or {f"EXRUN[{spkg}] {what}"}
    return out


def settled(made, lines):
    """With the branch that a module's argument names for x_used; without those that are decided elsewhere."""
    out = set()
    for x in lines:
        match = re.search(r":(python|perl|lua|ruby)_(used|default)$", x)
        if match:
            args = [a for a in arguments(made.uses, match.group(1)) or [] if re.match(r"v?\d+$", a)]
            if match.group(2) == "default" or not args:
                continue
            x = x[:match.start()] + ":" + args[0]
        out.add(x)
    return out


def plain_options(made, other):
    """Do the options that differ change nothing else than what is modelled here?"""
    known = set(LIBRARIES) | {"iconv", "execinfo", "mold", "gettext", "bsd", "gmake", "pkgconfig", "makeinfo", "c++",
                              "fortran", "ada", "cclibs", "cpe", "charsetfix", "libtool", "mbsdfix", "solfix",
                              "shebangfix", "fbsd10fix", "dos2unix", "gold", "bfd"}
    changed = {u.split(":")[0] for u in set(made.uses) ^ set(other.uses)}
    return changed <= known and not any(
        made.components(k) != other.components(k)
        for k in ("GNOME_COMPONENTS", "SDL_COMPONENTS", "PHP_EXTENSIONS"))


def read_lines(path):
    with open(path, encoding="utf-8") as f:
        return set(f.read().splitlines())


def check_dependencies(made, base, got, got_base, say):
    want = settled(made, own_dependencies(made, got)) | module_dependencies(made)
    lacking = sorted(want - got)
    if lacking:
        say(f"lacks the dependencies {lacking}")
    if not plain_options(made, base):
        return False
    of_base = settled(base, own_dependencies(base, got_base)) | module_dependencies(base)
    for text, have, allowed in (("more", got - got_base, want - of_base), ("less", got_base - got, of_base - want)):
        # what another part of the recipe brings too is on both sides
        wrong = sorted(settled(made, have) ^ {x for x in allowed if (x in got) != (x in got_base)})
        if wrong:
            say(f"{text} dependencies than {base.p.name} without the recipe saying so: {wrong}")
    return True


# --- all of it

class Checker:
    def __init__(self, tree, places):
        self.tree, self.places = tree, places
        self.wrong = self.compared = self.differing = self.partly = 0

    def variant(self, sheet, name, variant):
        key = f"{name}:{variant}"
        first = None
        for platform, folder in self.places:
            def say(text):
                self.wrong += 1
                if self.wrong <= 50:
                    print(f"{key} for {platform.name}: {text}")
            made = Made(sheet, variant, platform)
            path = os.path.join(folder, "makefile", key)
            got = check_makefile(made, Makefile(path, made.conditional()), say)
            deps = read_lines(os.path.join(folder, "depends", key))
            with open(path, encoding="utf-8") as f:
                text = f.read()
            if first is None:
                first = (made, got, deps, text)
                check_dependencies(made, made, deps, deps, say)
                continue
            self.compared += 1
            self.differing += text != first[3] or deps != first[2]
            if got is not None and first[1] is not None and got != first[1]:
                say(f"other lines differ from {first[0].p.name}: {sorted(set(got) ^ set(first[1]))[:6]}")
            self.partly += not check_dependencies(made, first[0], deps, first[2], say)

    def run(self):
        for bucket in sorted(os.listdir(self.tree)):
            if not re.match(r"bucket_[0-9A-F]{2}$", bucket):
                continue
            for name in sorted(os.listdir(os.path.join(self.tree, bucket))):
                sheet = Sheet(os.path.join(self.tree, bucket, name))
                for variant in sheet.list("VARIANTS"):
                    self.variant(sheet, name, variant)
        print(f"{self.compared} compared with {self.places[0][0].name}, {self.differing} differ from it, "
              f"{self.partly} with dependencies checked one way only, {self.wrong} faults")
        return 1 if self.wrong or not self.compared or not self.differing else 0


if len(sys.argv) < 4:
    sys.exit(__doc__)
sys.exit(Checker(sys.argv[1], [(Platform(a.partition("=")[0]), a.partition("=")[2]) for a in sys.argv[2:]]).run())
