# SPDX-License-Identifier: ISC
#
# awk -F '\t' -f sites.awk SITES FILE SITE...: print FILE<tab>URL for each address, in order.

function expand(url, rest,    part, n, i, out, tail) {
	sub(/\/$/, "", rest)
	n = split(rest, part, ":")
	out = ""
	while (match(url, /%(SUBDIR|[1-5])%/)) {
		i = substr(url, RSTART + 1, RLENGTH - 2)
		out = out substr(url, 1, RSTART - 1)
		if (i == "SUBDIR")
			out = out rest
		else if (i + 0 <= n)
			out = out part[i + 0]
		url = substr(url, RSTART + RLENGTH)
	}
	return out url
}

function print_site(site,    best, m, i, c) {
	best = ""
	for (m in count) {
		c = substr(site, length(m) + 1, 1)
		if (substr(site, 1, length(m)) == m && (c == "/" || c == ":") && length(m) > length(best))
			best = m
	}
	if (best == "") {
		print file "\t" site (site ~ /\/$/ ? "" : "/") file
		return
	}
	for (i = 1; i <= count[best]; i++)
		print file "\t" expand(template[best, i], substr(site, length(best) + 2)) file
}

BEGIN {
	while ((getline line < ARGV[1]) > 0) {
		if (line ~ /^#/ || line !~ /\t/)
			continue
		split(line, f, "\t")
		template[f[1], ++count[f[1]]] = f[2]
	}
	file = ARGV[2]
	for (a = 3; a < ARGC; a++)
		print_site(ARGV[a])
	exit 0
}
