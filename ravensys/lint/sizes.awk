# SPDX-License-Identifier: ISC
# Function length, parameter count, nesting depth and line width, by the house layout: a function's opening brace
# stands alone in column 1, its closing brace too. First file: the exceptions.

function check_params(sig, line,    inner, depth, count, i, c)
{
	# libmicrohttpd chose the eight of its callback
	if (sig ~ /enum MHD_Result/)
		return
	inner = sig
	sub(/^[^(]*\(/, "", inner)
	# the error object, which every function that can fail takes last, is not counted
	sub(/,[ \t]*struct rv_error \*err\)/, ")", inner)
	count = 1
	depth = 0
	for (i = 1; i <= length(inner); i++) {
		c = substr(inner, i, 1)
		if (c == "(")
			depth++
		if (c == ")" && depth-- == 0)
			break
		if (c == "," && depth == 0)
			count++
	}
	if (count > 6) {
		print FILENAME ":" line ": " name ": " count " parameters, at most 6"
		bad = 1
	}
}

function strip(text)
{
	gsub(/\\\\/, "", text)
	gsub(/\\"/, "", text)
	gsub(/"[^"]*"/, "", text)
	gsub(/'[^']*'/, "", text)
	sub(/\/\/.*/, "", text)
	gsub(/\/\*.*\*\//, "", text)
	return text
}

# Columns of a line: a tab reaches to the next multiple of 8.
function width(text,    n, i, c)
{
	if (length(text) <= 100 && text !~ /\t/)
		return length(text)
	n = 0
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		n += c == "\t" ? 8 - n % 8 : 1
	}
	return n
}

FNR == NR {
	if ($0 !~ /^#/)
		long[$1 " " $2] = 1
	next
}

width($0) > 100 && $0 !~ /"/ {
	print FILENAME ":" FNR ": wider than 100 columns"
	bad = 1
}

FNR == 1 {
	open = 0
	sig = ""
}

/^{/ && sig ~ /\(/ && !open {
	open = FNR
	name = sig
	sub(/\(.*/, "", name)
	sub(/.*[ *\t]/, "", name)
	check_params(sig, FNR)
	depth = 0
	deepest = 0
	next
}

/^}/ && open {
	lines = FNR - open - 1
	limit = (name == "main") ? 80 : 60
	if ((FILENAME " " name) in long)
		limit = 100
	if (lines > limit) {
		print FILENAME ":" open ": " name ": " lines " lines, at most " limit
		bad = 1
	}
	if (deepest > 4) {
		print FILENAME ":" open ": " name ": nested " deepest " deep, at most 4"
		bad = 1
	}
	open = 0
	sig = ""
	next
}

open {
	text = strip($0)
	# the depth of a line is its indentation in tabs, less the function's own; continuation lines use spaces
	if (text ~ /[{]$/ || text ~ /^\t+(if|for|while|switch|do)[^a-z_]/) {
		match(text, /^\t*/)
		if (RLENGTH > deepest)
			deepest = RLENGTH
	}
	next
}

/^[A-Za-z_]/ {
	sig = $0
	next
}

/^[ \t]/ && sig != "" {
	sig = sig " " $0
	next
}

/^$/ || /;[ \t]*$/ {
	sig = ""
}

END { exit bad }
