#!/bin/sh
# SPDX-License-Identifier: ISC
# From nothing to an installed, running program: a profile, the starter ports, a signed repository, a root.
# Called by `make quickstart` after the programs are built. usage: bootstrap/quickstart.sh BUILD_FOLDER STATE_FOLDER
set -eu

build=$(cd "$1" && pwd)
top=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$2"
state=$(cd "$2" && pwd)
ravenadm=$build/bin/ravenadm
rvn=$build/bin/rvn
conf=$state/ravenadm.ini
root=$state/root
ports="hello ncurses readline lua54:std lua54:plain sqlite"
programs="hello sqlite lua54"

say() {
	printf '\n==> %s\n' "$*"
}

if [ ! -f "$conf" ]; then
	say "a profile in $state, its system root is this machine's own compiler"
	"$ravenadm" -C "$conf" configure --init "$state" --tree "$top/buckets" --mk "$top/mk"
fi

if [ ! -f "$state/keys/root.key" ]; then
	say "signing keys"
	"$ravenadm" -C "$conf" key generate
fi

say "build: $ports"
# shellcheck disable=SC2086 # one word a port
"$ravenadm" -C "$conf" build $ports

say "a signed repository in $state/repo"
"$ravenadm" -C "$conf" generate-repository

if [ ! -f "$root/raven/etc/rvn/repos/quickstart.conf" ]; then
	say "a root in $root that trusts it"
	mkdir -p "$root/raven/etc/rvn/repos"
	cp "$state/repo/metadata/1.root.json" "$root/raven/etc/rvn/repos/quickstart.root.json"
	cat >"$root/raven/etc/rvn/repos/quickstart.conf" <<-CONF
	; written by make quickstart
	url= file://$state/repo
	abi= $("$ravenadm" -C "$conf" configure get abi)
	root= quickstart.root.json
	CONF
fi

say "rvn -r $root install $programs"
# shellcheck disable=SC2086 # one word a package
"$rvn" -r "$root" install -y $programs

say "the installed programs"
"$rvn" -r "$root" exec hello
"$rvn" -r "$root" exec sqlite3 :memory: "select 'six times seven is ' || (6*7)"
"$rvn" -r "$root" exec lua -v
"$rvn" -r "$root" check

say "done; look around: $rvn -r $root info sqlite"
