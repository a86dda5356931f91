#!/bin/sh
# SPDX-License-Identifier: ISC
# Our evaluator of make files of data says of every variable what bmake -V says: of mk/, of a file with all that it
# knows, in the long run of the public tree's Mk (CONSPIRACY).
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

bmake=$(command -v bmake) || skip_all "bmake is not there"

# agrees FILE MINIMUM [MAKEDIR]: one bmake for all variables
agrees() {
	runs 0 "$1: read" "$TOOLS/mkvars" "$1"
	printf '%s\n' "$out" >"$T/ours"
	count=$(wc -l <"$T/ours")
	ok "$1: $count variables" test "$count" -ge "$2"
	: >"$T/theirs"
	# a value with a line end in it would not be one; data files have none
	while IFS= read -r line; do
		name=${line%%=*}
		printf '%s=%s\n' "$name" "$("$bmake" -m "${3:-$TOP/mk}" -f "$1" -V "\${$name}" </dev/null)" >>"$T/theirs"
	done <"$T/ours"
	ok "$1: every value is bmake's" diff "$T/theirs" "$T/ours"
}

agrees "$TOP/mk/raven.versions.mk" 40

cat >"$T/all.mk" <<'EOM'
# a comment \
  that goes on
A=	one two  three# not this
HASH=	a\#b
B:=	${A} now
A+=	four
B+=	${A}
C?=	unset before
C?=	too late
EMPTY=
D=	${C:S/unset/set/}${EMPTY}
E=	$(A) $$HOME ${UNDEFINED} ${UNDEFINED:Ufallback ${A}} ${A:Unot this}
NAME=	A
F=	${${NAME}} ${${NAME}:M*o*}
G=	${A:Mt*} ${A:Nt*} ${A:Mx*}
H=	${:Ua/b.c d/e:H} ${:Ua/b.c d/e:T} ${:Ua/b.c d/e:R} ${:Ua/b.c d/e:E}
I=	${A:tu} ${A:tu:tl}
J=	${A:S/o/0/} ${A:S/o/0/g} ${A:S/^t/T/} ${A:S/e$/E/} ${A:S/one/[&]/} ${A:S/two//}
K=	${A:C/[aeiou]/_/} ${A:C/[aeiou]/_/g} ${A:C/(t)(.)/\2\1/} ${A:C/t.*/x/1}
L=	${A:S/ /-/gW} ${A:C/ +/-/gW}
VERSION_3.1=	x
M=	${VERSION_3.1} ${VERSION_${:U3}.1}
.if ${A:Mtwo}
N=	has two
.else
N=	has not
.endif
.if defined(NOTHING) || ${C} == "no"
O=	wrong
.elif !defined(NOTHING) && (${C} != "no")
O=	right
.else
O=	none
.endif
.if empty(EMPTY) && !empty(A) && empty(A:Mx*)
P=	yes
.endif
NUMBER=	10
.if ${NUMBER} > 9 && ${NUMBER} <= 10.0 && ${NUMBER} != 9
Q=	numbers
.endif
.for x in 1 2 3
R_${x}=	value ${x} ${x:S/2/two/}
.  for y in a b
R_${x}${y}=	${x}-${y}
.  endfor
.endfor
.for x y in k1 v1 k2 v2
S_${x}=	${y}
.endfor
.for x in ${A}
T+=	<${x}>
.endfor
.for x in a:b {c} $$d
W+=	${x}
.endfor
GONE=	1
.undef GONE
.if defined(GONE)
U=	there
.else
U=	gone
.endif
V=	continued \
	over \
	lines
EOM
agrees "$T/all.mk" 35

if [ -n "${CONSPIRACY:-}" ]; then
	agrees "$CONSPIRACY/Mk/raven.versions.mk" 40 "$CONSPIRACY/Mk"
	agrees "$CONSPIRACY/Mk/raven.information.mk" 100 "$CONSPIRACY/Mk"
else
	skip_long 6 "the public tree is not there: CONSPIRACY"
fi
finish
