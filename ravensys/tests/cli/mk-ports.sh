#!/bin/sh
# SPDX-License-Identifier: ISC
# The Makefiles that ravenadm writes work with mk/: those of all ports of this tree are understood, the test ports are
# built, staged as their manifests say, and run.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../mk.sh
. "$(dirname "$0")/../mk.sh"

[ -x "$RAVENADM" ] || skip_all 'no ravenadm'
conf=$T/profile/ravenadm.ini
runs 0 'a profile' "$RAVENADM" -C "$conf" configure --init "$T/profile"

# copy SOURCE VARIANT: the port as a slot has it, in $T/NAME-VARIANT
copy() {
	name=$(basename "$1")-$2
	mkdir -p "$T/$name"
	cp -R "$1/." "$T/$name"
	[ ! -d "$T/$name/linux" ] || mv "$T/$name/linux" "$T/$name/opsys"
	"$RAVENADM" -C "$conf" dev makefile "$1" "$2" | sed "s,\"/xports/Mk/,\"$TOP/mk/," > "$T/$name/Makefile"
}
variants() {
	sed -n 's/^VARIANTS=	*//p' "$1/specification"
}

for source in "$TOP"/buckets/*/* "$TOP"/ravensys/tests/ports/*/*; do
	[ -f "$source/specification" ] || continue
	for variant in $(variants "$source"); do
		copy "$source" "$variant"
		mk "$name" show-steps
		like "$out" ' do-install$' "$name: understood"
		is "$err" '' "$name: without a warning"
		mk "$name" -V RAVEN_INPUTS
		like "$out" "^$TOP/mk/sys.mk .*/raven.mk" "$name: says what it reads"
	done
done

"$TOP/ravensys/tests/ports/make-distfiles.sh" "$T/distfiles"
root=$T/root/raven
mkdir -p "$root"
for name in tiny-lib-std tiny-data-std tiny-dist-std tiny-app-std tiny-app-loud; do
	base=${name%-*}
	rm -rf "$T/work/$base"
	mk "$name" RAVENBASE="$root" DEVELOPER=1 stage
	is "$status" 0 "$name: staged as its manifests say"
	[ "$status" = 0 ] || note "$out" "$err"
	[ "$name" = tiny-app-loud ] || cp -R "$T/work/$base/stage$root/." "$root"
done
cp "$root/etc/tiny-app.conf.sample" "$root/etc/tiny-app.conf"
run "$root/bin/tiny-app" 5
is "$out" 'twice small is beautiful 10' 'tiny-app runs, with its library, data and configuration'
run "$T/work/tiny-app/stage$root/bin/tiny-app" 5
is "$out" 'TWICE SMALL IS BEAUTIFUL 10' 'its variant too'
finish
