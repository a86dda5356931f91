#!/bin/sh
# SPDX-License-Identifier: ISC
# install, upgrade, remove, autoremove: names, plans, questions, JSON, messages, scripts, history.
# shellcheck source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source=../rvnlib.sh
. "$(dirname "$0")/../rvnlib.sh"

packages <<'END'
package hello~set~std 1.0
comment hello, all of it
require hello~primary~std =
require hello~man~std =
package hello~primary~std 1.0
comment greets people
require lib~primary~std 1.0
file raven/bin/hello 755 hello 1.0
link raven/bin/hi hello
config raven/etc/hello.conf 644 greeting=hi
message install edit /raven/etc/hello.conf
package hello~man~std 1.0
file raven/share/man/man1/hello.1 644 manual
package lib~primary~std 1.2
gives libx.so.1
file raven/lib/libx.so.1 644 library 1.2
package tool~single~plain 3.0
file raven/bin/tool 755 plain
package tool~single~fancy 3.0
needs libx.so.1
file raven/bin/tool 755 fancy
package odd~one~std 1
file raven/odd/one 644 1
package odd~two~std 1
file raven/odd/two 644 2
package script~primary~std 1
file raven/share/script 644 x
script post-install
print("made by " .. pkg_namebase .. " " .. pkg_version)
local f = assert(io.open("/raven/made", "w")) f:write("yes") f:close()
.
script pre-remove
assert(os.remove("/raven/made"))
.
package bad~primary~std 1
file raven/share/bad 644 x
script post-install
error("no luck")
.
package lonely~primary~std 1
require nowhere~primary~std
file raven/lonely 644 x
END
publish
new_root "$T/root"
before=$(tree "$ROOT")

# asking
runs 1 "install without a terminal and without -y" rvn install hello
like "$err" '^rvn: install: cannot ask without a terminal; -y answers yes' "it says the way out"
is "$(tree "$ROOT")" "$before" "and nothing changed"
runs 0 "install -n" rvn -n install hello
like "$out" '^install  lib~primary~std .* needed$' "the plan names what is needed"
like "$out" '^install  hello~set~std .* asked$' "and what was asked for"
is "$(tree "$ROOT")" "$before" "a dry run changes nothing"
runs 0 "install -n --json" rvn -n --json install hello
is "$(printf '%s' "$out" | wc -l)" 0 "one line of JSON"
like "$out" '"action":"install","name":"lib~primary~std","reason":"needed","automatic":true,"to":"1.2"' "a step as JSON"
like "$out" '"done":false' "not done"

# a bare name is the set; what it needs is automatic
runs 0 "install -y" rvn install -y hello
like "$out" '^hello: edit /raven/etc/hello.conf$' "the package's message is shown"
is "$(cat "$ROOT/raven/bin/hello")" "hello 1.0" "a file is there"
is "$(readlink "$ROOT/raven/bin/hi")" hello "a link is there"
is "$(stat -c %a "$ROOT/raven/bin/hello")" 755 "with its mode"
runs 0 "info" rvn info
is "$(printf '%s\n' "$out" | awk '{ print $1, $2, $3 }')" "hello~man~std 1.0 dependency
hello~primary~std 1.0 dependency
hello~set~std 1.0 
lib~primary~std 1.2 dependency" "what is installed, and why"
runs 0 "check" rvn check
runs 0 "install again" rvn install -y hello
is "$out" "nothing to do" "nothing to do"
runs 0 "install of an automatic package" rvn install -y lib
like "$out" 'lib~primary~std is marked as asked for' "it is asked for from now on"
like "$(rvn --json info lib)" '"automatic":false' "and recorded so"

# names
runs 0 "a variant that is neither std nor installed: the first" rvn -n install tool
like "$out" 'tool~single~fancy' "fancy comes before plain"
runs 0 "an exact name" rvn install -y tool~single~plain
runs 0 "the installed variant is preferred" rvn -n --json install -f tool
like "$out" '"name":"tool~single~plain","reason":"forced"' "plain is installed, so plain"
runs 1 "neither set, single nor primary" rvn install -y odd
like "$err" 'odd: which of its packages\? choose from: odd~one~std odd~two~std' "the choice is told"
runs 0 "several names are one transaction" rvn install -y odd~one odd~two
is "$(rvn --json history -l 1 | grep -o '"name"' | wc -l)" 2 "both in the history's newest entry"
runs 1 "unknown name" rvn install -y nothing-like-this
like "$err" "^rvn: nothing-like-this: no such package" "it is named"
runs 1 "unknown subpackage" rvn install -y hello~nix
runs 1 "a file" rvn install -y ./hello.rvn
like "$err" 'packages come from repositories' "the way out for a file"
runs 1 "not a name" rvn install -y 'a b'
runs 1 "good and unknown names together" rvn install -y tool~single~fancy nothing-like-this
unlike "$(rvn info)" 'fancy' "then nothing is installed"
runs 1 "impossible" rvn install -y lonely
like "$err" 'lonely~primary~std 1 needs nowhere~primary~std, which nothing offers' "the explanation"

# scripts
runs 0 "a package with scripts" rvn install -y script
like "$err" 'script~primary~std: made by script 1' "what a script prints is shown"
is "$(cat "$ROOT/raven/made")" yes "the script ran"
runs 0 "remove it" rvn remove -y script
ok "the pre-remove script ran" test ! -e "$ROOT/raven/made"
runs 1 "a script that fails" rvn install -y bad
like "$err" 'no luck' "its reason"
like "$err" 'install: done, but a script failed' "the end"
like "$(rvn info)" '^bad~primary~std' "the package is installed all the same"
like "$(rvn history 1 --json)" '"state":"done"' "the history has the transaction"
runs 0 "remove bad" rvn remove -y bad

# upgrade: newer, rebuilt, configuration
echo greeting=mine >"$ROOT/raven/etc/hello.conf"
packages <<'END'
package hello~set~std 1.1
require hello~primary~std =
require hello~man~std =
package hello~primary~std 1.1
require lib~primary~std 1.0
file raven/bin/hello 755 hello 1.1
config raven/etc/hello.conf 644 greeting=hello
package hello~man~std 1.1
file raven/share/man/man1/hello.1 644 new manual
package lib~primary~std 1.2
gives libx.so.1
file raven/lib/libx.so.1 644 library 1.2 again
END
rm -f "$STORE"/hello~*~1.0.rvn
publish
runs 0 "catalog sees nothing new within its hours" rvn catalog
runs 0 "upgrade from an old catalogue" rvn upgrade -y
is "$out" "nothing to do" "nothing to do"
runs 0 "catalog --force" rvn catalog --force
runs 0 "upgrade" rvn upgrade -y
like "$out" '^upgrade  hello~primary~std  1.0 -> 1.1 .* newer$' "a newer version"
like "$out" '^upgrade  lib~primary~std .*1.2 -> 1.2 .* rebuilt$' "the same version, rebuilt"
is "$(cat "$ROOT/raven/bin/hello")" "hello 1.1" "the new file"
ok "what the new one lacks is gone" test ! -e "$ROOT/raven/bin/hi"
is "$(cat "$ROOT/raven/etc/hello.conf")" "greeting=mine" "an edited configuration file stays"
is "$(cat "$ROOT/raven/etc/hello.conf.rvnnew")" "greeting=hello" "the new one lies beside it"
like "$err" 'hello.conf' "and that is told"
runs 0 "check after the upgrade" rvn check
like "$out" 'hello.conf' "check names the edited file"
runs 0 "upgrade again" rvn upgrade -y
is "$out" "nothing to do" "nothing to do"
runs 1 "upgrade of what is not installed" rvn upgrade -y nothing-like-this
like "$err" 'not installed' "it says so"

# remove and autoremove
runs 1 "remove what others need" rvn remove -y lib
like "$err" 'hello~primary~std 1.1 needs lib~primary~std' "they are named"
like "$err" '\-\-dependents removes these too' "with the way out"
runs 0 "remove --dependents -n" rvn -n remove --dependents lib
like "$out" '^remove  hello~set~std .* depends$' "the dependents go too"
runs 0 "remove a namebase: all of it" rvn remove -y hello
unlike "$(rvn info)" '^hello' "all its packages are gone"
is "$(cat "$ROOT/raven/etc/hello.conf" 2>/dev/null)" "greeting=mine" "the user's configuration stays"
runs 0 "autoremove leaves what was asked for" rvn autoremove -y
like "$(rvn info)" '^lib' "lib was marked as asked for"
runs 1 "remove what is not there" rvn remove -y hello
like "$err" '^rvn: hello: not installed' "it says so"
runs 0 "remove the rest" rvn remove -y lib tool odd
is "$(rvn info)" "" "nothing is left"
rm -rf "$ROOT/raven/etc/hello.conf" "$ROOT/raven/etc/hello.conf.rvnnew"
is "$(tree "$ROOT" | grep -v ' \./raven/etc ')" "$(printf '%s\n' "$before" | grep -v ' \./raven/etc ')" "the root is as it was"

runs 0 "install for autoremove" rvn install -y hello
runs 0 "remove the set" rvn remove -y hello~set
runs 0 "autoremove -n" rvn -n autoremove
like "$out" '^remove  lib~primary~std .* unneeded$' "it would remove the library"
runs 0 "autoremove" rvn autoremove -y
is "$(rvn info)" "" "nothing is left"

# history
runs 0 "history" rvn history
like "$out" 'rvn install hello' "it has the commands"
runs 0 "history --json" rvn --json history -l 0
like "$out" '^\[\{"id":[0-9]+,"state":"done"' "as an array"
runs 1 "history of nothing" rvn history 999
runs 2 "history of no number" rvn history x
finish
