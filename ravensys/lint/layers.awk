# SPDX-License-Identifier: ISC
# Reads layers.tsv, then "FILE:LINE:#include ..." lines; prints each include that the table forbids.
# Lines of the form "TAG layer-of FILE" are not needed: the folder of FILE tells its layer.

function layer_of(file,    part, n)
{
	sub(/^ravensys\//, "", file)
	n = split(file, part, "/")
	if (part[1] == "lib" || part[1] == "builder" || part[1] == "include")
		return part[1] "/" part[2]
	if (part[1] == "ravenadm" && part[2] == "ui")
		return "ravenadm/ui"
	return part[1]
}

function short(layer)
{
	sub(/^(lib|builder)\//, "", layer)
	return layer
}

FNR == NR {
	if ($0 ~ /^#/ || $0 == "")
		next
	if ($0 == "owners") {
		owners = 1
		next
	}
	split($0, col, "\t")
	if (owners)
		owner[col[1]] = col[2]
	else {
		may[col[1]] = " " col[2] " "
		is_lib[short(col[1])] = col[1] ~ /^lib\//
	}
	next
}

{
	file = $0
	sub(/:.*/, "", file)
	where = $0
	sub(/:#.*/, "", where)
	from = layer_of(file)
	rule = may[from == "ravenadm/ui" ? "ravenadm" : from]
	target = $0
	sub(/^[^"<]*["<]/, "", target)
	sub(/[">].*/, "", target)
	if ($0 ~ /include[ \t]*</) {
		for (h in owner) {
			hit = h ~ /\/$/ ? index(target, h) == 1 : (target == h || target ~ ("/" h "$"))
			if (hit && from != owner[h]) {
				print where ": <" target "> belongs to " owner[h]
				bad = 1
			}
		}
		next
	}
	to = target
	sub(/\/.*/, "", to)
	if (index(target, "/") == 0) {
		if (target !~ /^[a-z0-9_]+\.inc$/) {
			print where ": \"" target "\" does not name its folder"
			bad = 1
		}
		next
	}
	if (rule == "") {
		if (from !~ /^(tests|fuzz|bench)$/) {
			print where ": folder " from " is not in the layer table"
			bad = 1
		}
		next
	}
	if (to == "gen" || to == "schema" || to == "base" || to == short(from) || index(rule, " " to " "))
		next
	if (is_lib[to] && index(rule, " lib/* "))
		next
	print where ": " from " may not include \"" target "\""
	bad = 1
}

END { exit bad }
