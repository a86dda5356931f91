# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# Runs the program whose recipes we read, $ORIGINAL (a path; `make check-long ORIGINAL=PROGRAM`), in a mount namespace
# with a root of its own: own /raven (configuration, system root, toolchain packages), /var/ravenports, /run and /tmp;
# the rest is the machine's. Nothing that it writes outlives the call but what lies in the scratch folder (/var/ravenports
# as state/) and in the folders that are named. Needs root or user namespaces. Source it, then
#
#	original_setup DIR CONSPIRACY	makes the scratch root in DIR; CONSPIRACY (a compiled tree with its Mk/) is read
#					only unless original_writable=yes is set before, and comes as /var/ravenports/conspiracy
#	original ARG ...		runs the program there, in the folder where the caller is, with
#					the caller's standard streams; its exit status
#	original_sh SCRIPT [ARG ...]	runs a script there, with the program as $ORIGINAL: many calls in one namespace
#
# original_genesis=yes before original_setup puts the file GENESIS there; original_custom=DIR is the custom tree.
# The platform is linux:x86_64, release 4.4.

original_bmake() {
	command -v bmake || { [ "$(uname -s)" != Linux ] && command -v make; }
}

original_can_run() {
	[ -x "${ORIGINAL:-}" ] && original_bmake >/dev/null && command -v unshare >/dev/null
}

original_system_root() { # DIR
	mkdir -p "$1/usr/share" "$1/usr/bin" || return 1
	echo 4.4 >"$1/usr/share/OSRELEASE"
	echo 4 >"$1/usr/share/OSMAJOR"
	echo 4.4.0 >"$1/usr/share/OSVERSION"
	echo x86_64 >"$1/usr/share/STDARCH"
	ln -sf "$(original_bmake)" "$1/usr/bin/make"
	rm -f "$1/usr/share/GENESIS"
	[ "${original_genesis:-}" != yes ] || : >"$1/usr/share/GENESIS"
}

original_toolchain() { # DIR: `status` wants them to be there, not to be good
	mkdir -p "$1" || return 1
	: >"$1/ravensys-binutils~single~std~2.43.1.rvn"
	for original_part in ada_run compilers set cxx_run fortran_run infopages libs; do
		: >"$1/ravensys-gcc~$original_part~std~14.2.0.rvn"
	done
}

original_profile() { # FILE
	original_unkindness=none
	[ -z "${original_custom:-}" ] || original_unkindness=/var/ravenports/custom
	cat >"$1" <<-EOF
	; made by a test
	[Global Configuration]
	profile_selected= primary

	[primary]
	directory_sysroot= /raven/share/raven/sysroot/Linux
	directory_toolchain= /raven/share/raven/toolchain
	directory_localbase= /raven
	directory_conspiracy= /var/ravenports/conspiracy
	directory_unkindness= $original_unkindness
	directory_distfiles= /var/ravenports/distfiles
	directory_profile= /var/ravenports/primary
	directory_packages= /var/ravenports/primary/packages
	directory_ccache= none
	directory_buildbase= /var/ravenports/builders
	display_with_ncurses= false
	EOF
}

original_setup() { # DIR CONSPIRACY
	original_dir=$1
	mkdir -p "$1/state/conspiracy" "$1/state/custom" "$1/state/distfiles" "$1/state/primary/packages" \
	    "$1/state/builders" "$1/raven/etc/ravenadm" "$1/raven/share/raven/toolchain" "$1/root" || return 1
	original_dir=$(cd "$1" && pwd -P)
	original_conspiracy=$(cd "$2" && pwd -P) || return 1
	original_system_root "$1/raven/share/raven/sysroot/Linux" &&
	    original_toolchain "$1/raven/share/raven/toolchain/share" &&
	    original_profile "$1/raven/etc/ravenadm/ravenadm.ini"
}

# What runs in the namespace. $1 scratch folder, $2 tree, $3 ro|rw, $4 custom tree or nothing, $5 where, then what to run.
# shellcheck disable=SC2016
original_inside='
set -e
dir=$1 tree=$2 mode=$3 custom=$4 where=$5
shift 5
root=$dir/root
mount -t tmpfs tmpfs "$root"
bind() { # FROM TO
	if [ -L "$1" ]; then
		cp -P "$1" "$2"
	elif [ -d "$1" ]; then
		mkdir -p "$2" && mount --rbind "$1" "$2"
	elif [ -f "$1" ]; then
		: >"$2" && mount --bind "$1" "$2"
	fi
}
for entry in /*; do
	case $entry in /var | /run | /tmp | /raven) ;; *) bind "$entry" "$root$entry" ;; esac
done
mkdir -p "$root/var" "$root/run" "$root/tmp"
for entry in /var/*; do
	case $entry in /var/run | /var/ravenports) ;; *) bind "$entry" "$root$entry" ;; esac
done
for entry in /tmp/*; do
	case $entry in /tmp/ravenadm_*) ;; *) bind "$entry" "$root$entry" || : ;; esac
done
ln -s /run "$root/var/run"
bind "$dir/raven" "$root/raven"
bind "$dir/state" "$root/var/ravenports"
mount --bind "$tree" "$root/var/ravenports/conspiracy"
[ "$mode" = rw ] || mount -o remount,bind,ro "$root/var/ravenports/conspiracy"
[ -z "$custom" ] || mount --bind "$custom" "$root/var/ravenports/custom"
exec chroot "$root" /bin/sh -c "cd \"\$1\" && shift && exec \"\$@\"" sh "$where" "$@"
'

original_enter() { # COMMAND ...
	original_ns=-m
	[ "$(id -u)" = 0 ] || original_ns=-Urm
	if [ "${original_writable:-}" = yes ]; then original_mode=rw; else original_mode=ro; fi
	ORIGINAL=$ORIGINAL unshare "$original_ns" sh -c "$original_inside" sh "$original_dir" "$original_conspiracy" \
	    "$original_mode" "${original_custom:-}" "$(pwd -P)" "$@"
}

original() {
	original_enter "$ORIGINAL" "$@"
}

original_sh() { # SCRIPT [ARG ...]
	original_script=$1
	shift
	original_enter sh -c "$original_script" sh "$@"
}
