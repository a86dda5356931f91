#!/bin/sh
# SPDX-License-Identifier: ISC
# What a port finds in its slot, and what stops one that hangs or takes too much, through ravenadm as it is used.
# shellcheck disable=SC2016 # make expands, not the shell
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
RV_LONG=0
# shellcheck source-path=SCRIPTDIR source=../buildlib.sh
. "$(dirname "$0")/../buildlib.sh"

make_profile "$T/p" || skip_all "no profile"
# command_port NAME TARGET COMMAND: a copy of tiny-data under another name that does COMMAND, in do-build as the builder or in
# do-install as the slot's root
command_port() {
	recipe "$1"
	if [ "$2" = do-build ]; then
		sed -i '/^SKIP_BUILD=/d' "$dir/specification"
		printf '\ndo-build:\n\t%s\n' "$3" >>"$dir/specification"
	else
		printf '%s\n' "$3" >"$T/line"
		sed -i "/^do-install:/{
			s/\$/\n\tCOMMAND/
		}" "$dir/specification"
		awk -v f="$T/line" '/^\tCOMMAND$/ { getline line <f; print "\t" line; next } { print }' "$dir/specification" >"$T/new"
		cp "$T/new" "$dir/specification"
	fi
}
log() {
	cat "$T/p/logs/$1___std.log"
}

# --- what stops a port
# no other test sleeps so long
command_port hangs do-build "sleep 60.$$"
radm configure set phase_watchdog_seconds 1
t0=$(date +%s)
runs 3 "a port that hangs silently is stopped" radm build hangs
ok "soon" test $(($(date +%s) - t0)) -le 60
like "$err" "^ravenadm: hangs:std: phase build: watchdog: the log did not grow for 1 s" "by the watchdog, and the summary says so"
like "$(log hangs)" "^=> Failed +: phase build: watchdog" "so does the log"
is "$(pgrep -fx "sleep 60.$$")" "" "and nothing of it lives"
radm configure set phase_watchdog_seconds 0
"$RAVENADM" -C "$conf" build hangs >/dev/null 2>&1 </dev/null &
pid=$!
for _ in $(seq 1 100); do
	[ -z "$(pgrep -fx "sleep 60.$$")" ] || break
	sleep 0.1
done
like "$(pgrep -fx "sleep 60.$$")" "^[0-9]+$" "a port that hangs runs"
kill -9 "$pid"
wait "$pid" 2>/dev/null
sleep 1
is "$(pgrep -fx "sleep 60.$$")" "" "and dies with ravenadm, before any other command"
command_port talks do-build 'while :; do echo on; sleep 0.1; done'
radm configure set phase_deadline_seconds 1
runs 3 "a port that never ends is stopped" radm build talks
like "$err" "talks:std: phase build: deadline: it runs for more than 1 s" "by the deadline"
radm configure set phase_deadline_seconds 0
command_port eats do-build 'perl -e '"'"'$$x = "x" x 300000000; sleep 60'"'"
radm configure set slot_memory_bytes 100000000
runs 3 "a port that takes more memory than a slot may" radm build eats
like "$err$(log eats)" "memory limit|Killed|Out of memory" "is stopped"
radm configure set slot_memory_bytes 0
command_port forks do-build 'i=0; while [ $$i -lt 9000 ]; do sleep 30.'$$' & i=$$((i+1)); done 2>/dev/null; exit 1'
radm configure set phase_deadline_seconds 60
runs 3 "a port that forks without end" radm build forks
is "$(pgrep -cfx "sleep 30.$$")" 0 "leaves no process"
radm configure set phase_deadline_seconds 0
is "$(leftovers "$T/p")" "" "nothing is left of any of them"

# --- what it sees
echo secret >"$T/secret"
chmod 644 "$T/secret"
chmod 755 "$T"
look='for i in 1; do
echo "id=$$(id -u)";
echo "host=$$(hostname)";
echo "processes=$$(ls -d /proc/[0-9]* | wc -l)";
echo "interfaces=$$(sed 1,2d /proc/net/dev | cut -d: -f1 | tr -d " " | tr "\n" ,)";
echo "routes=$$(sed 1d /proc/net/route | wc -l)";
echo "root=$$(ls -A /root | wc -l)" "home=$$(ls -A /home | wc -l)";
echo "shadow=$$(test -e /etc/shadow && echo there || echo none)";
echo "secret=$$(test -e SECRET && echo there || echo none)";
echo "var=$$(ls /var | tr "\n" ,)";
echo "srv=$$(test -e /srv -o -e /opt -o -e /mnt -o -e /boot && echo there || echo none)";
echo "disks=$$(ls /dev | grep -c "^[svn][dv]" )";
for d in /usr /usr/bin /bin /lib /etc/alternatives /port /distfiles /xports/Mk /raven; do touch $$d/x 2>/dev/null && echo "wrote=$$d"; done;
touch /construction/x && echo "wrote=/construction";
mount -t tmpfs tmpfs /tmp 2>/dev/null && echo mounted;
mknod /construction/null c 1 3 2>/dev/null && echo made a device;
kill -0 HOSTPID 2>/dev/null && echo kills;
true;
done'
look=$(printf '%s' "$look" | tr '\n' ' ' | sed "s#SECRET#$T/secret#; s#HOSTPID#$$#")
command_port looks do-build "$look"
command_port looks-root do-install "$look"
runs 0 "ports that look around" radm build looks looks-root
[ "$status" = 0 ] || note "$err" "$(log looks | tail -n 20)"
seen=$(log looks | grep -v '^for ')
if [ "$(id -u)" = 0 ]; then
	like "$seen" "^id=1001$" "build runs as the builder"
	like "$(log looks-root)" "^id=0$" "stage as root of the slot"
fi
for who in looks looks-root; do
	seen=$(log $who | grep -v '^for ')
	like "$seen" "^host=raven$" "$who: another host name"
	like "$seen" "^processes=[0-9]$" "$who: few processes, none of the host"
	like "$seen" "^interfaces=(lo,)?$" "$who: no network interface but lo"
	like "$seen" "^routes=0$" "$who: no route"
	like "$seen" "^root=0 home=0$" "$who: nothing of /root and /home"
	like "$seen" "^shadow=none$" "$who: no /etc/shadow"
	like "$seen" "^secret=none$" "$who: nothing of /tmp"
	like "$seen" "^var=(db,|run,|tmp,)+$" "$who: nothing of /var"
	like "$seen" "^srv=none$" "$who: nor of other folders"
	like "$seen" "^disks=0$" "$who: no disk"
	like "$seen" "^wrote=/construction$" "$who: may write to /construction"
	unlike "$seen" "^wrote=/(usr|bin|lib|etc/alt|port|distfiles|xports)" "$who: not to what is the host's, nor to its inputs"
	unlike "$seen" "^(made a device|kills)" "$who: makes no device and signals nobody"
done
unlike "$(log looks)" "^wrote=/raven" "the builder does not write to /raven"

# --- what a recipe tells make while its inputs are asked for, outside the slot
for line in "X!=id>$T/told" ".MAKEFLAGS:-dF$T/told" 'X:=${.CURDIR:!id>'"$T/told"'!}' 'X:=${.CURDIR:C,.*,id>'"$T/told"',:sh}'; do
	command_port tells do-install true
	awk -v line="$line" '/^SKIP_BUILD=/ { print "VAR_OPSYS[linux]=	MAKEFILE_LINE=" line } { print }' \
		"$dir/specification" >"$T/new"
	cp "$T/new" "$dir/specification"
	radm status tells >/dev/null 2>&1
	nok "'$line' does nothing here" test -e "$T/told"
	rm -f "$T/told"
done

# --- a stage that leads out of itself
command_port leads do-install true
sed -i '/^do-install:/,$d' "$dir/specification"
printf 'do-install:\n\t${MKDIR} ${STAGEDIR}${PREFIX}\n\trm -rf ${STAGEDIR}${PREFIX}/share\n\tln -s /etc ${STAGEDIR}${PREFIX}/share\n' \
	>>"$dir/specification"
printf 'share\nshare/passwd\n' >"$dir/manifests/plist.single"
runs 3 "a manifest that lists what lies behind a staged link" radm build leads
like "$err" "leads:std: phase check-plist: .*raven/share.*link" "is refused before anything is read"

# --- ids: with a table of our own in a mount namespace
if [ "$(id -u)" = 0 ] && [ -f /etc/subuid ]; then
	echo "somebody:1879048192:65536" >"$T/subuid"
	run unshare -m --propagation private sh -c 'mount --bind "$1" /etc/subuid && exec "$2" -C "$3" force tiny-data' - \
		"$T/subuid" "$RAVENADM" "$conf"
	is "$status" 3 "a range of ids that /etc/subuid gives to somebody"
	like "$err" "tiny-data:std: .*subuid" "is refused"
fi
finish
