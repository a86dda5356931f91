#!/bin/sh
# SPDX-License-Identifier: ISC
# What both programs share: help, completion, options, exit status of wrong command lines.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

for program in "$RVN" "$RAVENADM"; do
	name=$(basename "$program")
	[ -x "$program" ] || continue

	runs 2 "$name without a command" "$program"
	like "$err" "^usage: $name" "$name: usage on standard error"
	is "$out" "" "$name: nothing on standard output"

	runs 0 "$name --help" "$program" --help
	like "$out" '^commands:' "$name: help lists commands"
	runs 0 "$name --version" "$program" --version
	like "$out" "^$name [0-9]" "$name: version"
	runs 0 "$name version" "$program" version
	runs 0 "$name version --json" "$program" --json version
	like "$out" "^\{\"program\":\"$name\",\"version\":\"[0-9.]+\"\}\$" "$name: version as JSON"

	runs 2 "$name: unknown command" "$program" hlp
	like "$err" "did you mean 'help'" "$name: suggestion for a command"
	runs 2 "$name: unknown option" "$program" --jsno version
	like "$err" 'did you mean --json' "$name: suggestion for an option"
	runs 2 "$name: unknown letter" "$program" -Z version
	runs 2 "$name: value for a flag" "$program" --json=1 version
	runs 2 "$name: too many operands" "$program" version more
	like "$err" "^usage: $name version" "$name: usage of the command"
	runs 2 "$name help of nothing" "$program" help nothing-like-this
	runs 0 "$name help help" "$program" help help
	runs 2 "$name completion for another shell" "$program" completion csh

	# every command has a synopsis line, a help text, and completes
	runs 0 "$name help --synopsis" "$program" help --synopsis
	"$program" help --synopsis >"$T/synopsis"
	commands=0
	while read -r _ line; do
		# shellcheck disable=SC2086
		set -- $line
		case ${2-} in
		[a-z]*) "$program" help "$1" "$2" >"$T/help" 2>&1 || "$program" help "$1" >"$T/help" 2>&1 ;;
		*) "$program" help "$1" >"$T/help" 2>&1 ;;
		esac || note "no help: $line"
		grep -q '^usage:' "$T/help" && commands=$((commands + 1))
	done <"$T/synopsis"
	is "$commands" "$(wc -l <"$T/synopsis" | tr -d ' ')" "$name: help of every command"
	"$program" completion bash >"$T/completion"
	ok "$name: completion is good shell" bash -n "$T/completion"
	is "$(bash -c '. "$1"; COMP_WORDS=("$2" he); COMP_CWORD=1; "_$2"; echo "${COMPREPLY[@]}"' x "$T/completion" "$name")" \
		help "$name: completes a command"
done

runs 1 "standard output that is full" sh -c "\"$RAVENADM\" help >/dev/full"
like "$err" 'standard output: ' "a write error is told"
finish
