# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# For tests that build: a private profile with the test ports (or, under RV_LONG=1, the starter ports). Read after testlib.sh.
#
#	make_profile DIR	a profile in DIR with its own copies of recipes and mk/: $tree, $mk, $conf, $A (the command)
#	$PORTS			the ports of the list
#	starter_distfiles DIR	puts the starter ports' distfiles into DIR, fetched once a machine into $RV_DISTFILES

if [ "${RV_LONG:-0}" = 1 ]; then
	PORTS="hello ncurses readline lua54:std lua54:plain sqlite"
	RECIPES=$TOP/buckets
else
	PORTS="tiny-lib tiny-data tiny-app:std tiny-app:loud tiny-dist"
	RECIPES=$TOP/ravensys/tests/ports
fi
RV_DISTFILES=${RV_DISTFILES:-/var/tmp/ravensys-distfiles}

make_profile() {
	profile=$1
	mkdir -p "$profile"
	tree=$profile/tree
	mk=$profile/mk
	conf=$profile/ravenadm.ini
	cp -R "$RECIPES" "$tree"
	cp -R "$TOP/mk" "$mk"
	"$RAVENADM" -C "$conf" configure --init "$profile" --tree "$tree" --mk "$mk" >/dev/null || return 1
	if [ "${RV_LONG:-0}" = 1 ]; then
		mkdir -p "$RV_DISTFILES"
		cp -p "$RV_DISTFILES"/* "$profile/distfiles/" 2>/dev/null || true
	else
		sh "$TOP/ravensys/tests/ports/make-distfiles.sh" "$profile/distfiles"
		# the test ports' distfiles are in no source package: do not look there
		"$RAVENADM" -C "$conf" configure set fetch_order "sites mirrors" >/dev/null || return 1
	fi
}

# Keeps what was fetched for the next test of this machine.
keep_distfiles() {
	[ "${RV_LONG:-0}" = 1 ] || return 0
	find "$1/distfiles" -maxdepth 1 -type f ! -name '*.part' -exec cp -p {} "$RV_DISTFILES/" \;
}

bucket_of() { # NAMEBASE
	printf '%s' "$1" | sha1sum | cut -c1-2 | tr a-f A-F
}

# recipe NAME [SED-SCRIPT]: a copy of tiny-data under another name in $tree, changed; its folder is $dir
recipe() {
	dir=$tree/bucket_$(bucket_of "$1")/$1
	mkdir -p "$dir"
	cp -R "$tree"/bucket_58/tiny-data/. "$dir/"
	sed -i "s/^NAMEBASE=		tiny-data/NAMEBASE=		$1/" "$dir/specification"
	sed -i "${2:-}" "$dir/specification"
}

radm() {
	"$RAVENADM" -C "$conf" "$@"
}

# field JSON PATH: a member of a JSON document, PATH like .built or .ports.0.port
field() {
	printf '%s' "$1" | python3 -c '
import json, sys
v = json.load(sys.stdin)
for k in sys.argv[1].strip(".").split("."):
    v = v[int(k)] if isinstance(v, list) else v[k]
print(v if not isinstance(v, (list, dict)) else json.dumps(v))' "$2"
}

# content_ids DIR: "name content-id" of every package below DIR, sorted
content_ids() {
	find "$1" -name '*.rvn' | sort | while read -r file; do
		printf '%s %s\n' "$(basename "$file" .rvn)" "$(bsdtar -xOf "$file" +MANIFEST +FILES | sha256sum | cut -d' ' -f1)"
	done
}

# groups_of PROFILE: the control groups of its slots, named after the folder that they lie in
groups_of() {
	find "$1" -maxdepth 2 -type d -printf '%D %i\n' | while read -r device inode; do
		printf 'ravensys-%x-%x-\n' "$device" "$inode"
	done >"$T/.groups"
	find /sys/fs/cgroup -maxdepth 4 -type d -name '*ravensys*' 2>/dev/null | grep -Ff "$T/.groups"
}

# leftovers PROFILE: what a build must not leave behind; prints nothing when all is clean
leftovers() {
	# workers whose engine is gone; other tests may be building at the same time
	ps -eo pid=,ppid=,args= | awk -v program="$B/bin/ravenadm" '
		$3 == program { mine[$1] = 1; parent[$1] = $2; line[$1] = $0 }
		END { for (p in line) if (line[p] ~ / --worker / && !(parent[p] in mine)) print line[p] }'
	grep -F "$1" /proc/self/mountinfo
	# whoever still has a folder of this profile mounted runs in one of its slots
	grep -lF "$(basename "$(dirname "$1")")/$(basename "$1")/" /proc/[0-9]*/mountinfo 2>/dev/null
	groups_of "$1"
	find "$1/packages" "$1/distfiles" -name '.*' -mindepth 1 ! -name . 2>/dev/null
	find "$1" -maxdepth 3 \( -name 'SL[0-9]*' -o -name 'PORT[0-9]*' -o -name '.unpack-*' \) 2>/dev/null
	return 0
}
