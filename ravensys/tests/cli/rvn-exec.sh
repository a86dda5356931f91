#!/bin/sh
# SPDX-License-Identifier: ISC
# exec: the root's programs see the root's /raven and the host's read-only folders; status and signals come through.
# shellcheck source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source=../rvnlib.sh
. "$(dirname "$0")/../rvnlib.sh"

packages <<'END'
package prog~primary~std 1
file raven/bin/prog 755 #!/bin/sh
file raven/share/data 644 hello from the root
END
publish
new_root "$T/root"
rvn install -y prog >/dev/null
cat >"$ROOT/raven/bin/prog" <<'END'
#!/bin/sh
case $1 in
data) cat /raven/share/data ;;
args) shift; printf '<%s>' "$@" ;;
status) exit "$2" ;;
signal) kill -TERM $$ ;;
path) echo "$PATH" ;;
write) echo x >/usr/written || echo refused ;;
env) echo "$RV_TEST_VARIABLE" ;;
input) cat ;;
esac
END

cases() { # COMMAND ...
	who=$1
	shift
	runs 0 "$who: a program of the root" "$@" exec prog data
	is "$out" "hello from the root" "$who: sees the root's /raven"
	runs 0 "$who: arguments" "$@" exec prog args --json -n 'a b' ''
	is "$out" "<--json><-n><a b><>" "$who: come through untouched"
	runs 7 "$who: exit status" "$@" exec prog status 7
	runs 143 "$who: a signal" "$@" exec prog signal
	runs 0 "$who: PATH" "$@" exec prog path
	like "$out" '^/raven/bin:' "$who: begins with the root's"
	runs 0 "$who: a program of the host" "$@" exec /bin/echo 42
	is "$out" 42 "$who: runs too"
	runs 0 "$who: writing to /usr" "$@" exec prog write
	is "$out" refused "$who: is refused"
	is "$(RV_TEST_VARIABLE=seen "$@" exec prog env)" seen "$who: the environment is there"
	is "$(echo typed | "$@" exec prog input)" typed "$who: standard input"
	runs 127 "$who: no such program" "$@" exec no-such-program
	like "$err" 'no-such-program' "$who: it is named"
	runs 126 "$who: a file that is no program" "$@" exec /raven/share/data
	like "$err" '/raven/share/data' "$who: it is named"
}

cases root "$RVN" -r "$ROOT"
if [ "$(id -u)" = 0 ] && as_user unshare -Ur true 2>/dev/null; then
	chmod 755 "$T"
	cases user as_user "$RVN" -r "$ROOT"
else
	skip 19 "no user namespaces for ordinary users here"
fi
# SIGTERM is the program's to handle
"$RVN" -r "$ROOT" exec sh -c 'trap "exit 5" TERM; echo ready >/raven/ready; sleep 20 & wait' &
pid=$!
i=0
until [ -s "$ROOT/raven/ready" ] || [ $i = 100 ]; do
	i=$((i + 1))
	sleep 0.05
done
kill -TERM "$pid"
wait "$pid"
is $? 5 "SIGTERM is passed on, and the program's status comes back"

# the prefix may be a link; and there may be none
mv "$ROOT/raven" "$ROOT/elsewhere"
ln -s elsewhere "$ROOT/raven"
runs 0 "/raven is a link" rvn exec cat /raven/share/data
is "$out" "hello from the root" "the program sees what is behind it"
mkdir "$T/nothing"
ROOT=$T/nothing
runs 1 "a root without /raven" rvn exec true
like "$err" "/nothing: has no /raven: install something first" "it says so"
ROOT=$T/root
ok "nothing was left in the root" test ! -e "$ROOT/usr"
finish
