#!/bin/sh
# SPDX-License-Identifier: ISC
# ravenadm list-options, set-options: what is chosen is saved, checked by the rules of groups, and honoured.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../breaklib.sh
. "$(dirname "$0")/../breaklib.sh"

conf=$T/p/ravenadm.ini
runs 0 "a profile" "$RAVENADM" -C "$conf" configure --init "$T/p"
tree=$T/tree
radm() {
	"$RAVENADM" -C "$conf" "$@"
}
port() { # NAMEBASE: a folder for it
	folder=$tree/bucket_$(printf '%s' "$1" | sha1sum | cut -c1-2 | tr a-f A-F)/$1
	mkdir -p "$folder/descriptions" "$folder/manifests"
	echo text >"$folder/descriptions/desc.single"
	echo bin/x >"$folder/manifests/plist.single"
}
# shellcheck disable=SC2016
head() { # NAMEBASE
	printf 'DEF[PORTVERSION]=\t1.0\nNAMEBASE=\t\t%s\nVERSION=\t\t${PORTVERSION}\nKEYWORDS=\t\tmisc\n' "$1"
	printf 'VARIANTS=\t\tstd\nSDESC[std]=\t\tOptions to choose from\nHOMEPAGE=\t\tnone\nCONTACT=\t\tnobody\n\n'
	printf 'DOWNLOAD_GROUPS=\tnone\nSPKGS[std]=\t\tsingle\n\n'
}
paint() { # OPTIONS: the recipe with these
	{
		head paint
		printf 'OPTIONS_AVAILABLE=\t%s\nOPTIONS_STANDARD=\t%s\n' "$1" "$1"
		printf 'OPTGROUP_RADIO=\t\tCOLOUR\nOPTDESCR[COLOUR]=\tWhat it is painted with\nOPTGROUP[COLOUR]=\tRED BLUE\n'
		printf 'OPTGROUP_RESTRICTED=\tAUDIO\nOPTDESCR[AUDIO]=\tHow it sounds\nOPTGROUP[AUDIO]=\tALSA OSS\n'
		printf 'OPT_ON[all]=\t\tRED ALSA\n\n'
		printf '[RED].DESCRIPTION=\t\t\tRed paint\n[BLUE].DESCRIPTION=\t\t\tBlue paint\n'
		printf '[BLUE].CONFIGURE_WITH_BOTH=\t\tblue\n[BLUE].IMPLIES_ON=\t\t\tDOCS\n'
	} >"$folder/specification"
}
port plain
{ head plain && printf 'OPTIONS_AVAILABLE=\tnone\nOPTIONS_STANDARD=\tnone\n'; } >"$folder/specification"
port paint
paint "RED BLUE ALSA OSS DOCS"
radm configure set directory_conspiracy "$tree"
saved=$T/p/options/paint

# --- showing
runs 0 "list-options" radm list-options paint
is "$(printf '%s\n' "$out" | tr -s ' ' | sed -n 2p)" "BLUE off default off COLOUR: exactly one Blue paint" "a line"
is "$(printf '%s\n' "$out" | wc -l)" 5 "an option each"
runs 0 "as JSON" radm --json list-options paint:std
like "$out" '^\{"port":"paint","saved":false,"fits":true,"options":\[\{"name":"RED","on":true,"default":true,"group":"COLOUR","rule":"exactly one","description":"Red paint"\}' "a document"
runs 0 "a port that leaves no choice" radm list-options plain
like "$err" "plain: leaves no option to choose" "is said"
is "$out" "" "as nothing"

# --- choosing
runs 0 "set-options" radm set-options paint +BLUE
like "$err" "^ravenadm: -RED: of group COLOUR exactly one may be on" "what follows from the group"
like "$err" "^ravenadm: \+DOCS: BLUE implies it" "and from the recipe"
is "$(grep -v '^;' "$saved")" "
[options]
ALSA= true
BLUE= true
DOCS= true
OSS= false
RED= false

[parameters]
available= RED,BLUE,ALSA,OSS,DOCS
namebase= paint
version= 1.0" "the file, as other programs read it"
runs 0 "list-options shows it" radm list-options paint
like "$out" '^BLUE +on +default off' "an option"
runs 0 "the recipe goes by it" radm dev makefile "$folder"
like "$out" '^CONFIGURE_ARGS=--with-blue$' "its helpers"
runs 0 "in builds too" radm --json status paint
like "$out" '"port":"paint:std"' "the port"
runs 0 "a dry run" radm -n set-options paint -DOCS +RED
like "$(cat "$saved")" '^DOCS= true$' "writes nothing"
runs 0 "changes add up" radm set-options paint +OSS
like "$(cat "$saved")" '^BLUE= true$' "what was chosen stays"
is "$(radm set-options paint +RED -DOCS -OSS >/dev/null 2>&1; test -e "$saved" && echo there)" "" "the defaults are not kept"
radm configure set record_default_options true
runs 0 "record_default_options" radm set-options paint +RED
ok "keeps them" test -s "$saved"
radm configure set record_default_options false
runs 0 "--defaults" radm set-options --defaults paint
nok "forgets" test -e "$saved"
runs 0 "--defaults and a change" radm --json set-options --defaults paint +OSS
like "$out" '"name":"OSS","on":true' "the document"

# --- what cannot be
cp "$saved" "$T/before"
while IFS='|' read -r words reason; do
	# shellcheck disable=SC2086
	runs 1 "set-options paint $words" radm set-options paint $words
	like "$err" "$reason" "the reason"
done <<'ROWS'
-RED|paint: option group COLOUR: exactly one of RED, BLUE must be on, but none is
-ALSA -OSS|paint: option group AUDIO: at least one of ALSA, OSS must be on, but none is
+RED +BLUE|cannot be together: of group COLOUR exactly one may be on
+BLUE -DOCS|\+BLUE and -DOCS cannot be together: BLUE implies it
+NLS|there is no option 'NLS' to choose; it has: RED, BLUE, ALSA, OSS, DOCS
+DOCS -DOCS|DOCS: asked to be both on and off
DOCS|'DOCS' is not a change of an option: \+OPTION or -OPTION
--json|there is no option '-json' to choose
ROWS
ok "nothing was changed" cmp "$saved" "$T/before"
runs 1 "another variant" radm set-options paint:other +BLUE
like "$err" "the options of variant other are fixed" "is refused"
runs 1 "a port without a choice" radm set-options plain +DOCS
like "$err" "plain: leaves no option to choose" "is refused"
runs 1 "a port that there is not" radm set-options pant +DOCS
like "$err" "nearest names are: paint" "what is near"
runs 2 "no change" radm set-options paint
runs 2 "no port" radm set-options
runs 2 "list-options of two" radm list-options paint plain
echo bad >>"$folder/specification"
runs 1 "a recipe with faults" radm set-options paint +BLUE
like "$err" 'specification:[0-9]+: ' "which are said"

# --- recipes change
paint "RED BLUE ALSA OSS DOCS ICONV"
for command in "dev makefile $folder" "status paint" "-n build paint"; do
	# shellcheck disable=SC2086
	runs 1 "a saved set that does not fit any more: $command" radm $command
	like "$err" "options/paint: does not fit the recipe: ICONV is new and not in it: .*ravenadm set-options paint .*ravenadm set-options --defaults paint" "stops, with the way out"
done
runs 0 "list-options" radm list-options paint
like "$err" "options/paint: does not fit the recipe any more: ICONV is new" "says it"
runs 0 "choosing again" radm set-options paint +ICONV
like "$(cat "$saved")" '^OSS= true$' "keeps what fits"
runs 0 "and all is well" radm status paint
echo what >"$saved"
runs 1 "a file that is no INI" radm status paint
like "$err" 'options/paint:1: ' "is named"
runs 0 "--defaults mends it" radm set-options --defaults paint
runs 0 "indeed" radm status paint

# --- broken off
reset() {
	paint "RED BLUE ALSA OSS DOCS ICONV"
	radm set-options --defaults paint +OSS
}
whole() {
	[ "$(ls "$T/p/options")" = paint ] && grep -q '^version= 1.0$' "$saved" && radm status paint
}
if can_break; then
	break_everywhere "set-options" "pwrite64 write fsync fdatasync rename renameat renameat2" "$RAVENADM" -C "$conf" set-options paint +BLUE
	radm set-options paint +BLUE >/dev/null 2>&1
	is "$(ls -A "$T/p/options")" paint "nothing is left over"
else
	skip 4 "no strace here"
fi
finish
