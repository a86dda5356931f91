#!/bin/sh
# SPDX-License-Identifier: ISC
# An ordinary user makes a profile, builds, publishes, installs, checks and runs, all without root.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

# In `check` the test ports; the starter port hello in check-long.
if [ "${RV_LONG:-0}" = 1 ]; then
	port=hello
	program=hello
	said="Hello, world"
	recipes=$TOP/buckets
else
	port=tiny-app
	program=tiny-app
	said=.
	recipes=$TOP/ravensys/tests/ports
fi

# The tests run as root in CI: become somebody, with programs and recipes where he can read them.
if [ "$(id -u)" = 0 ]; then
	# a range of ids is not his: with none in /etc/subuid everything runs as one id
	as() {
		setpriv --reuid 65531 --regid 65531 --clear-groups env -i HOME="$home" PATH=/usr/bin:/bin TERM=dumb "$@"
	}
	home=$T/home
	mkdir -p "$home"
	chown 65531:65531 "$home"
	chmod 755 "$T"
else
	home=$T/home
	mkdir -p "$home"
	as() {
		env -i HOME="$home" PATH=/usr/bin:/bin TERM=dumb "$@"
	}
fi
cp -R "$recipes" "$T/tree"
cp -R "$TOP/mk" "$T/mk"
mkdir -p "$T/bin"
cp "$RAVENADM" "$RVN" "$T/bin/"
chmod -R a+rX "$T/tree" "$T/mk" "$T/bin"
conf=$home/p/ravenadm.ini
root=$home/root

runs 0 "configure --init" as "$T/bin/ravenadm" -C "$conf" configure --init "$home/p" --tree "$T/tree" --mk "$T/mk"
if [ "${RV_LONG:-0}" = 1 ] && [ -d "${RV_DISTFILES:-/var/tmp/ravensys-distfiles}" ]; then
	cp "${RV_DISTFILES:-/var/tmp/ravensys-distfiles}"/hello* "$home/p/distfiles/" 2>/dev/null || true
	chown "$(stat -c %u:%g "$home")" "$home/p/distfiles"/* 2>/dev/null || true
fi
runs 0 "build $port" as "$T/bin/ravenadm" -C "$conf" build "$port"
[ "$status" = 0 ] || note "$out" "$(tail -n 30 "$home"/p/logs/*.log)"
runs 0 "key generate" as "$T/bin/ravenadm" -C "$conf" key generate
runs 0 "generate-repository" as "$T/bin/ravenadm" -C "$conf" generate-repository
as mkdir -p "$root/raven/etc/rvn/repos"
as cp "$home/p/repo/metadata/1.root.json" "$root/raven/etc/rvn/repos/mine.root.json"
abi=$(as "$T/bin/ravenadm" -C "$conf" configure get abi)
printf 'url= file://%s\nabi= %s\nroot= mine.root.json\n' "$home/p/repo" "$abi" | as tee "$root/raven/etc/rvn/repos/mine.conf" >/dev/null
runs 0 "rvn install" as "$T/bin/rvn" -r "$root" install -y "$port"
runs 0 "rvn check" as "$T/bin/rvn" -r "$root" check
runs 0 "rvn exec $program" as "$T/bin/rvn" -r "$root" exec "$program"
like "$out" "$said" "it says something: $(printf '%s' "$out" | head -n 1)"
is "$(find "$home" ! -uid "$(stat -c %u "$home")" 2>/dev/null | head -n 3)" "" "everything is his"
runs 0 "rvn remove" as "$T/bin/rvn" -r "$root" remove -y "$port"
nok "and the program is gone" test -e "$root/raven/bin/$program"
finish
