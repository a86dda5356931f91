#!/bin/sh
# SPDX-License-Identifier: ISC
# ravenadm configure: a profile is written once, read, changed key by key, and every bad value is named.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

conf=$T/p/ravenadm.ini
runs 0 "configure --init" "$RAVENADM" -C "$conf" configure --init "$T/p"
for d in distfiles logs packages repo keys; do
	ok "folder $d" test -d "$T/p/$d"
done
is "$(stat -c %a "$T/p/keys")" 700 "keys/ is private"
runs 1 "a second time" "$RAVENADM" -C "$conf" configure --init "$T/p"
like "$err" 'there is a configuration already' "it is left alone"

runs 0 "get a folder" "$RAVENADM" -C "$conf" configure get directory_distfiles
is "$out" "$T/p/distfiles" "below DIR"
runs 0 "get the tree" "$RAVENADM" -C "$conf" configure get directory_conspiracy
is "$out" "$TOP/buckets" "recipes beside the program"
runs 0 "get a default" "$RAVENADM" -C "$conf" configure get default_perl
is "$out" floating "default"
runs 0 "set" "$RAVENADM" -C "$conf" configure set number_of_builders 3
runs 0 "get it" "$RAVENADM" -C "$conf" configure get number_of_builders
is "$out" 3 "what was set"
is "$(env RAVENADM_CONF="$conf" "$RAVENADM" configure get number_of_builders)" 3 "\$RAVENADM_CONF"
runs 0 "all keys as JSON" "$RAVENADM" -C "$conf" --json configure
like "$out" '"number_of_builders":"3"' "the key is there"
missing=
for key in $(printf '%s\n' "$out" | tr ',{' '\n' | sed -n 's/^"\([a-z_0-9]*\)":.*/\1/p'); do
	grep -q "^\.It Cm $key\$" "$TOP/docs/ravenadm.conf.5" || missing="$missing $key"
done
is "$missing" "" "every key stands in ravenadm.conf.5"

while read -r key value reason; do
	runs 1 "set $key $value" "$RAVENADM" -C "$conf" configure set "$key" "$value"
	like "$err" "$reason" "says what is wanted"
done <<-'END'
	number_of_builders 0 1.to.128
	number_of_builders many 1.to.128
	avoid_tmpfs yes true.or.false
	directory_distfiles distfiles absolute.path
	directory_localbase / other.than
	slot_first_id 1000 65536
	fetch_order sites,apt sites.mirrors.apt
	no_such_key 1 no.such.key
END
runs 0 "nothing was changed" "$RAVENADM" -C "$conf" configure get number_of_builders
is "$out" 3 "the value that was there"

sed 's/^number_of_builders=.*/number_of_builders= twelve/' "$conf" >"$T/bad.ini"
runs 1 "a bad value in the file" "$RAVENADM" -C "$T/bad.ini" configure get default_perl
line=$(grep -n '^number_of_builders' "$T/bad.ini" | cut -d: -f1)
like "$err" "bad\.ini:$line: number_of_builders: 'twelve' is not a number from 1 to 128" "FILE:LINE: key: reason"
{ cat "$conf"; echo "colour= blue"; } >"$T/bad.ini"
runs 1 "an unknown key in the file" "$RAVENADM" -C "$T/bad.ini" configure get default_perl
like "$err" 'bad\.ini:[0-9]+: unknown key colour' "is named"
runs 1 "no file" "$RAVENADM" -C "$T/none.ini" configure get default_perl
like "$err" 'configure --init DIR' "the way out"

{ cat "$conf"; echo "[other]"; sed -n '/^directory_profile/p' "$conf"; echo "default_perl= 5.42"; } >"$T/two.ini"
is "$(RAVENPROFILE=other "$RAVENADM" -C "$T/two.ini" configure get default_perl)" 5.42 "\$RAVENPROFILE selects"
is "$("$RAVENADM" -C "$T/two.ini" configure get default_perl)" floating "else profile_selected"
run env RAVENPROFILE=third "$RAVENADM" -C "$T/two.ini" configure get default_perl
is "$status" 1 "no such profile"
like "$err" 'no profile \[third\]' "is named"

runs 1 "--init with a tree that is not there" "$RAVENADM" -C "$T/q/ravenadm.ini" configure --init "$T/q" --tree "$T/none"
runs 2 "--tree without --init" "$RAVENADM" -C "$conf" configure --tree "$T"
finish
