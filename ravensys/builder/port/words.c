/* SPDX-License-Identifier: ISC */
/* Closed lists of words: sorted, NULL-terminated, searched by bisection. */
#include "port/words.h"

#include <string.h>

#include "base/attr.h"
#include "pkg/ident.h"

static const char *const opsys_words[] = {
    "darwin",
    "dragonfly",
    "freebsd",
    "linux",
    "midnightbsd",
    "netbsd",
    "openbsd",
    "sunos",
    NULL,
};

static const char *const no_words[] = {NULL};

static const char *const keyword_words[] = {
    "accessibility",
    "ada",
    "arabic",
    "archivers",
    "astro",
    "audio",
    "benchmarks",
    "biology",
    "c++",
    "cad",
    "chinese",
    "comms",
    "converters",
    "cran",
    "csharp",
    "databases",
    "deskutils",
    "devel",
    "dns",
    "editors",
    "emulators",
    "finance",
    "french",
    "ftp",
    "games",
    "geography",
    "german",
    "graphics",
    "irc",
    "italian",
    "japanese",
    "java",
    "javascript",
    "korean",
    "lang",
    "lisp",
    "mail",
    "math",
    "misc",
    "multimedia",
    "net",
    "net_im",
    "net_mgmt",
    "net_p2p",
    "news",
    "perl",
    "php",
    "print",
    "python",
    "raven",
    "ruby",
    "russian",
    "rust",
    "scheme",
    "science",
    "security",
    "shells",
    "spanish",
    "sysutils",
    "textproc",
    "vietnamese",
    "wayland",
    "www",
    "x11",
    "x11_clocks",
    "x11_drivers",
    "x11_fm",
    "x11_fonts",
    "x11_servers",
    "x11_themes",
    "x11_toolkits",
    "x11_wm",
    NULL,
};

static const char *const module_words[] = {
    "ada",
    "autoreconf",
    "bdb",
    "bfd",
    "bison",
    "bsd",
    "bz2",
    "c++",
    "cargo",
    "cclibs",
    "charsetfix",
    "clang",
    "cmake",
    "compiler",
    "cpe",
    "cran",
    "curl",
    "desktop-utils",
    "destdirfix",
    "display",
    "dos2unix",
    "execinfo",
    "expat",
    "fbsd10fix",
    "fontconfig",
    "fonts",
    "fortran",
    "freetype",
    "gem",
    "gettext",
    "gif",
    "gmake",
    "gnome-icons",
    "gold",
    "gprbuild",
    "gtk-doc",
    "iconv",
    "intltoolfix",
    "jpeg",
    "libtool",
    "lua",
    "lz4",
    "lzo",
    "macfix",
    "makeinfo",
    "mbsdfix",
    "mesa",
    "meson",
    "mime-info",
    "mold",
    "mysql",
    "ncurses",
    "ninja",
    "pcre",
    "pcre2",
    "perl",
    "perl-interp",
    "pgsql",
    "php",
    "pkgconfig",
    "png",
    "python",
    "qt5",
    "qt6",
    "readline",
    "rootca",
    "ruby",
    "schemas",
    "scons",
    "shebangfix",
    "smf",
    "solaris-funcs",
    "solfix",
    "sqlite",
    "ssl",
    "tcl",
    "tiff",
    "xz",
    "zlib",
    "zstd",
    NULL,
};

static const char *const passive_words[] = {
    "ada",
    "bison",
    "bsd",
    "bz2",
    "c++",
    "cclibs",
    "compiler",
    "cpe",
    "curl",
    "execinfo",
    "expat",
    "fontconfig",
    "fortran",
    "freetype",
    "gif",
    "gnome-icons",
    "gprbuild",
    "jpeg",
    "lz4",
    "lzo",
    "makeinfo",
    "mesa",
    "pcre",
    "pcre2",
    "pkgconfig",
    "png",
    "readline",
    "sqlite",
    "tiff",
    "xz",
    "zlib",
    "zstd",
    NULL,
};

static const char *const gnome_words[] = {
    "atk",
    "atkmm",
    "atkmm16",
    "cairo",
    "cairomm",
    "cairomm10",
    "dconf",
    "gconf",
    "gdkpixbuf",
    "glib",
    "glibmm",
    "glibmm24",
    "gtk2",
    "gtk3",
    "gtk4",
    "gtkmm30",
    "gtkmm40",
    "gtksourceview3",
    "gtksourceview4",
    "gtksourceview5",
    "intltool",
    "introspection",
    "libcroco",
    "libglade",
    "libgsf",
    "libidl",
    "librsvg",
    "libsigc++20",
    "libsigc++30",
    "libxml++50",
    "libxml2",
    "libxslt",
    "orbit2",
    "pango",
    "pangomm",
    "pangomm14",
    "pygobject",
    "vte",
    NULL,
};

static const char *const xorg_words[] = {
    "dmx",
    "fontenc",
    "fontutil",
    "ice",
    "pciaccess",
    "pixman",
    "sm",
    "x11",
    "xau",
    "xaw",
    "xbitmaps",
    "xcb",
    "xcb-render-util",
    "xcb-util",
    "xcb-util-cursor",
    "xcb-util-image",
    "xcb-util-keysyms",
    "xcb-util-wm",
    "xcb-util-xrm",
    "xcomposite",
    "xcursor",
    "xdamage",
    "xdmcp",
    "xext",
    "xfixes",
    "xfont",
    "xfont2",
    "xft",
    "xi",
    "xinerama",
    "xkbfile",
    "xmu",
    "xorgproto",
    "xpm",
    "xrandr",
    "xrender",
    "xres",
    "xscrnsaver",
    "xshmfence",
    "xt",
    "xtransproto",
    "xtst",
    "xv",
    "xvmc",
    "xxf86dga",
    "xxf86vm",
    NULL,
};

static const char *const sdl_words[] = {
    "image1",
    "image2",
    "mixer1",
    "mixer2",
    "net1",
    "net2",
    "sdl1",
    "sdl2",
    "sound1",
    "sound2",
    "ttf1",
    "ttf2",
    NULL,
};

static const char *const php_words[] = {
    "bcmath",
    "bitset",
    "bz2",
    "calendar",
    "ctype",
    "curl",
    "dba",
    "dom",
    "enchant",
    "exif",
    "ffi",
    "fileinfo",
    "filter",
    "ftp",
    "gd",
    "gettext",
    "gmp",
    "hash",
    "iconv",
    "igbinary",
    "imap",
    "interbase",
    "intl",
    "json",
    "ldap",
    "mbstring",
    "mcrypt",
    "memcache",
    "memcached",
    "mysqli",
    "odbc",
    "opcache",
    "openssl",
    "pcntl",
    "pdf",
    "pdo",
    "pdo_dblib",
    "pdo_mysql",
    "pdo_odbc",
    "pdo_pgsql",
    "pdo_sqlite",
    "pgsql",
    "phar",
    "posix",
    "pspell",
    "radius",
    "readline",
    "recode",
    "redis",
    "session",
    "shmop",
    "simplexml",
    "snmp",
    "soap",
    "sockets",
    "sodium",
    "sqlite3",
    "sysvmsg",
    "sysvsem",
    "sysvshm",
    "tidy",
    "tokenizer",
    "wddx",
    "xml",
    "xmlreader",
    "xmlrpc",
    "xmlwriter",
    "xsl",
    "zip",
    "zlib",
    NULL,
};

struct description {
	const char *option, *text;
};

/* sorted as option_words */
static const struct description descriptions[] = {
    {"AALIB", "Graphics as text through aalib"},
    {"ALSA", "Sound through ALSA"},
    {"ASM", "Hand-written assembly code"},
    {"COLORD", "Colour management through colord"},
    {"CUPS", "Printing through CUPS"},
    {"DBUS", "Messages over D-Bus"},
    {"DEBUG", "Debugging support"},
    {"DOCS", "Documentation"},
    {"ICONV", "Character set conversion by iconv"},
    {"IDN", "Internationalised domain names"},
    {"IPV4", "Internet protocol version 4"},
    {"IPV6", "Internet protocol version 6"},
    {"JAVA", "Java support"},
    {"LANG_CN", "Chinese"},
    {"LANG_KO", "Korean"},
    {"LANG_RU", "Russian"},
    {"LDAP", "LDAP directories"},
    {"LDAPS", "LDAP directories over TLS"},
    {"MYSQL", "MySQL databases"},
    {"NAS", "Sound through the Network Audio System"},
    {"NLS", "Messages in other languages"},
    {"OPENGL", "OpenGL graphics"},
    {"OSS", "Sound through OSS"},
    {"PGSQL", "PostgreSQL databases"},
    {"PNG", "PNG images"},
    {"PULSEAUDIO", "Sound through PulseAudio"},
    {"READLINE", "Line editing by readline"},
    {"SNDIO", "Sound through sndio"},
    {"SOUND", "Sound"},
    {"SQLITE", "SQLite databases"},
    {"STATIC", "Static programs or libraries"},
    {"SUNOS", "Changes for SunOS"},
    {"SYSLOG", "Messages to syslog"},
    {"TCL", "Scripting in Tcl"},
    {"TCLTK", "Tcl/Tk"},
    {"THREADS", "Threads"},
    {"X11", "X11 graphics"},
    {"ZLIB", "zlib compression"},
};

static const char *const option_words[] = {
    "AALIB",
    "ALSA",
    "ASM",
    "COLORD",
    "CUPS",
    "DBUS",
    "DEBUG",
    "DOCS",
    "ICONV",
    "IDN",
    "IPV4",
    "IPV6",
    "JAVA",
    "LANG_CN",
    "LANG_KO",
    "LANG_RU",
    "LDAP",
    "LDAPS",
    "MYSQL",
    "NAS",
    "NLS",
    "OPENGL",
    "OSS",
    "PGSQL",
    "PNG",
    "PULSEAUDIO",
    "READLINE",
    "SNDIO",
    "SOUND",
    "SQLITE",
    "STATIC",
    "SUNOS",
    "SYSLOG",
    "TCL",
    "TCLTK",
    "THREADS",
    "X11",
    "ZLIB",
    NULL,
};

static const struct rv_license_info licenses[] = {
    {"AFL", "Academic Free License 3.0", "AFL-3.0"},
    {"AGPLv3", "GNU Affero General Public License version 3", "AGPL-3.0-only"},
    {"AGPLv3+", "GNU Affero General Public License version 3 or later", "AGPL-3.0-or-later"},
    {"APACHE10", "Apache License 1.0", "Apache-1.0"},
    {"APACHE11", "Apache License 1.1", "Apache-1.1"},
    {"APACHE20", "Apache License 2.0", "Apache-2.0"},
    {"ART10", "Artistic License version 1.0", "Artistic-1.0"},
    {"ART20", "Artistic License version 2.0", "Artistic-2.0"},
    {"ARTPERL10", "Artistic License (perl) version 1.0", "Artistic-1.0-Perl"},
    {"BSD2CLAUSE", "BSD 2-clause 'Simplified' License", "BSD-2-Clause"},
    {"BSD3CLAUSE", "BSD 3-clause 'New' or 'Revised' License", "BSD-3-Clause"},
    {"BSD4CLAUSE", "BSD 4-clause 'Original' or 'Old' License", "BSD-4-Clause"},
    {"BSDGROUP", "BSD, check license for number of clauses", "LicenseRef-BSD"},
    {"CC0_10", "Creative Commons Zero v1.0 Universal", "CC0-1.0"},
    {"CC_30", "Creative Commons Attribution 3.0", "CC-BY-3.0"},
    {"CC_40", "Creative Commons Attribution 4.0", "CC-BY-4.0"},
    {"CC_NCND_30", "Creative Commons Attribution Non-Commercial No Derivatives 3.0",
	"CC-BY-NC-ND-3.0"},
    {"CC_NCND_40", "Creative Commons Attribution Non-Commercial No Derivatives 4.0",
	"CC-BY-NC-ND-4.0"},
    {"CC_NCSA_30", "Creative Commons Attribution Non-Commercial Share-Alike 3.0",
	"CC-BY-NC-SA-3.0"},
    {"CC_NCSA_40", "Creative Commons Attribution Non-Commercial Share-Alike 4.0",
	"CC-BY-NC-SA-4.0"},
    {"CC_NC_30", "Creative Commons Attribution Non-Commercial 3.0", "CC-BY-NC-3.0"},
    {"CC_NC_40", "Creative Commons Attribution Non-Commercial 4.0", "CC-BY-NC-4.0"},
    {"CC_ND_30", "Creative Commons Attribution No Derivatives 3.0", "CC-BY-ND-3.0"},
    {"CC_ND_40", "Creative Commons Attribution No Derivatives 4.0", "CC-BY-ND-4.0"},
    {"CC_SA_30", "Creative Commons Attribution Share-Alike 3.0", "CC-BY-SA-3.0"},
    {"CC_SA_40", "Creative Commons Attribution Share-Alike 4.0", "CC-BY-SA-4.0"},
    {"CDDL", "Common Development and Distribution License 1.0", "CDDL-1.0"},
    {"CUSTOM1", NULL, NULL},
    {"CUSTOM2", NULL, NULL},
    {"CUSTOM3", NULL, NULL},
    {"CUSTOM4", NULL, NULL},
    {"GFDL", "GNU Free Documentation License", "LicenseRef-GFDL"},
    {"GMGPL", "GNAT Modified General Public License (v2)", "GPL-2.0-or-later WITH GNAT-exception"},
    {"GMGPL3", "GNAT Modified General Public License (v3)", "GPL-3.0-or-later WITH GNAT-exception"},
    {"GPLv1", "GNU General Public License version 1", "GPL-1.0-only"},
    {"GPLv1+", "GNU General Public License version 1 or later", "GPL-1.0-or-later"},
    {"GPLv2", "GNU General Public License version 2", "GPL-2.0-only"},
    {"GPLv2+", "GNU General Public License version 2 or later", "GPL-2.0-or-later"},
    {"GPLv3", "GNU General Public License version 3", "GPL-3.0-only"},
    {"GPLv3+", "GNU General Public License version 3 or later", "GPL-3.0-or-later"},
    {"GPLv3RLE", "GNU GPL version 3 Runtime Library Exception",
	"GPL-3.0-only WITH GCC-exception-3.1"},
    {"GPLv3RLE+", "GNU GPL version 3 Runtime Library Exception or later",
	"GPL-3.0-or-later WITH GCC-exception-3.1"},
    {"HPND", "Historical Permission Notice and Disclaimer", "HPND"},
    {"ISCL", "Internet Systems Consortium License", "ISC"},
    {"LGPL20", "GNU Library General Public License version 2.0", "LGPL-2.0-only"},
    {"LGPL20+", "GNU Library General Public License version 2.0 or later", "LGPL-2.0-or-later"},
    {"LGPL21", "GNU Library General Public License version 2.1", "LGPL-2.1-only"},
    {"LGPL21+", "GNU Library General Public License version 2.1 or later", "LGPL-2.1-or-later"},
    {"LGPL3", "GNU Library General Public License version 3.0", "LGPL-3.0-only"},
    {"LGPL3+", "GNU Library General Public License version 3.0 or later", "LGPL-3.0-or-later"},
    {"MIT", "MIT license / X11 license", "MIT"},
    {"MPL", "Mozilla Public License", "MPL-2.0"},
    {"OpenSSL", "OpenSSL License", "OpenSSL"},
    {"PSFL", "Python Software Foundation License", "PSF-2.0"},
    {"PUBDOM", "Public Domain", "LicenseRef-public-domain"},
    {"PostgreSQL", "PostgreSQL Licence", "PostgreSQL"},
    {"RUBY", "Ruby License", "Ruby"},
    {"ZLIB", "zlib License", "Zlib"},
};

static const char *const site_words[] = {
    "ADACORE",
    "APACHE",
    "APACHE_COMMONS_BINARIES",
    "APACHE_COMMONS_SOURCE",
    "APACHE_HTTPD",
    "APACHE_JAKARTA",
    "CPAN",
    "CRAN",
    "CRATES",
    "DEBIAN",
    "FREELOCAL",
    "GCC",
    "GHC",
    "GHPRIV",
    "GIMP",
    "GITHUB",
    "GITHUB_CLOUD",
    "GITHUB_PRIVATE",
    "GITLAB",
    "GNOME",
    "GNU",
    "GNUPG",
    "ISC",
    "KERNEL_ORG",
    "MOZILLA",
    "MYSQL",
    "OPENBSD",
    "PGSQL",
    "PHP",
    "PYPI",
    "PYPIWHL",
    "RUBY",
    "RUBYGEMS",
    "SAVANNAH",
    "SF",
    "SOURCEFORGE",
    "SOURCEWARE",
    "TOR",
    "UBUNTU",
    "XORG",
    NULL,
};

static const char *const *const lists[RV_WORDS_COUNT] = {
    [RV_WORDS_OPSYS] = opsys_words,
    [RV_WORDS_ARCH] = no_words,
    [RV_WORDS_KEYWORDS] = keyword_words,
    [RV_WORDS_MODULES] = module_words,
    [RV_WORDS_GNOME] = gnome_words,
    [RV_WORDS_XORG] = xorg_words,
    [RV_WORDS_SDL] = sdl_words,
    [RV_WORDS_PHP] = php_words,
    [RV_WORDS_OPTIONS] = option_words,
    [RV_WORDS_SITES] = site_words,
};

static size_t count_words(const char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

/* Position of the word, or the count. */
static size_t find(const char *const *list, struct rv_span word)
{
	size_t count = count_words(list), low = 0, high = count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = rv_span_cmp(word, rv_span_str(list[mid]));

		if (c == 0)
			return mid;
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return count;
}

bool rv_words_have(enum rv_words list, struct rv_span word)
{
	const char *arch = list == RV_WORDS_ARCH ? rv_arch_canonical(word) : NULL;

	if (list == RV_WORDS_ARCH)
		return arch && rv_span_is(word, arch);
	return lists[list][find(lists[list], word)] != NULL;
}

const char *const *rv_words(enum rv_words list)
{
	return lists[list];
}

const char *rv_option_description(const char *option)
{
	size_t at = find(option_words, rv_span_str(option));

	return at < RV_COUNT(descriptions) ? descriptions[at].text : NULL;
}

const struct rv_license_info *rv_license_find(struct rv_span name)
{
	for (size_t i = 0; i < RV_COUNT(licenses); i++)
		if (rv_span_is(name, licenses[i].name))
			return &licenses[i];
	return NULL;
}

bool rv_module_is_passive(struct rv_span module)
{
	return passive_words[find(passive_words, module)] != NULL;
}

#define NEAR_MAX_BYTES 40

size_t rv_word_distance(struct rv_span a, struct rv_span b)
{
	size_t row[NEAR_MAX_BYTES + 1];

	if (a.n > NEAR_MAX_BYTES || b.n > NEAR_MAX_BYTES)
		return NEAR_MAX_BYTES;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t above = row[j], best = diagonal + (a.p[i - 1] != b.p[j - 1]);

			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = above;
			row[j] = best;
		}
	}
	return row[b.n];
}

const char *rv_words_near(enum rv_words list, struct rv_span word)
{
	const char *best = NULL;
	size_t limit = word.n < 4 ? 2 : 3;

	for (const char *const *w = lists[list]; *w; w++) {
		size_t d = rv_word_distance(word, rv_span_str(*w));

		if (d < limit) {
			limit = d;
			best = *w;
		}
	}
	return best;
}
