#!/bin/sh
# SPDX-License-Identifier: ISC
# Installs what is missing to compile, test and use ravensys on this machine; says what and why before it does.
# usage: bootstrap/deps.sh [build|test|long] ...   (default: build)
set -eu

# package, group that needs it, what for
debian_packages() {
	cat <<-'LIST'
	gcc build C compiler, also the compiler of the host system root
	make build GNU make: our own build, and gmake inside slots
	pkg-config build finds the libraries below
	libc6-dev build C library headers
	libcurl4-openssl-dev build downloads
	libarchive-dev build foreign archives
	libsqlite3-dev build installed database, catalogue, history
	libzstd-dev build compression of packages
	libssl-dev build SHA-256 and Ed25519
	libsolv-dev build dependency solver
	liblua5.4-dev build package scripts
	libjansson-dev build JSON
	libmicrohttpd-dev build ravenadm serve
	bmake build make of the ports inside slots
	patch build applies ports' patches
	perl build build tool that many ports want
	xz-utils build distfiles
	bzip2 build distfiles
	file build ports' configure scripts
	tcl build tclsh, which builds sqlite
	ca-certificates build https
	mandoc test lint of the manual pages
	shellcheck test lint of the scripts
	clang-14 test second compiler, sanitizers and fuzzers
	clang-format-14 test lint of the formatting
	libclang-rt-14-dev test sanitizer and fuzzer run-time of clang
	strace test kills a program at every system call
	xfsprogs test power-cut images
	btrfs-progs test power-cut images
	e2fsprogs test power-cut images
	mount test loop devices
	libcap2-bin test setcap: a capability that the disk lost
	zstd test independent reader of packages
	libarchive-tools test bsdtar, independent reader of packages
	tar test GNU tar, independent reader of packages
	openssl test a key that is a command
	xxd test a key that is a command
	python3 test small helpers of the tests
	curl test independent client of ravenadm serve
	git test mutants are applied to a copy of the tree
	procps test ps
	util-linux test unshare, setpriv
	debootstrap long bare root of the fresh-machine test
	nodejs long foreign TUF client
	npm long foreign TUF client
	LIST
}

groups=" ${*:-build} "
case $groups in *' long '*) groups="$groups test " ;; esac
case $groups in *' test '*) groups="$groups build " ;; esac

if ! command -v dpkg-query >/dev/null 2>&1; then
	echo "deps.sh: only Debian and its like are known here; install by hand what this list names:" >&2
	debian_packages | cut -d' ' -f1,3- >&2
	exit 1
fi

missing() {
	debian_packages | while read -r package group why; do
		case $groups in *" $group "*) ;; *) continue ;; esac
		case $package in
		# a program that came from elsewhere does as well
		nodejs) ! command -v node >/dev/null 2>&1 || continue ;;
		npm) ! command -v npm >/dev/null 2>&1 || continue ;;
		python3) ! command -v python3 >/dev/null 2>&1 || continue ;;
		esac
		state=$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
		case $state in ii*) ;; *) printf '%s\t%s\n' "$package" "$why" ;; esac
	done
}

list=$(missing)
if [ -z "$list" ]; then
	echo "deps.sh: nothing is missing"
	exit 0
fi
echo "deps.sh: these packages are missing and will be installed by apt-get:"
printf '%s\n' "$list" | sed 's/^/  /' | expand -t 28
if [ "$(id -u)" != 0 ]; then
	echo "deps.sh: only root can install them; run as root: bootstrap/deps.sh $*" >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q -q update
# shellcheck disable=SC2046 # one word a package
apt-get -q -q install -y --no-install-recommends $(printf '%s\n' "$list" | cut -f1) >/dev/null
echo "deps.sh: done"
