/* SPDX-License-Identifier: ISC */
/* Component lists: GNOME_COMPONENTS with what they imply, SDL, XORG, PHP_EXTENSIONS. */
#include "port/check.h"
#include "port/make.h"

struct component {
	const char *name;
	/* whose dev and primary subpackages are needed; NULL: nothing or a case of its own */
	const char *port;
	const char *implies; /* other components */
};

/* In the order of their dependencies. */
static const struct component gnome[] = {
    {"atk", "at-spi2-core", "glib"},
    {"cairo", "cairo", ""},
    {"glib", NULL, ""},
    {"gtk2", "gtk2", "atk glib pango"},
    {"gtk3", "gtk3", "atk glib pango"},
    {"gtk4", "gtk4", "atk glib pango"},
    {"gdkpixbuf", "gdk-pixbuf", "glib"},
    {"intltool", NULL, ""},
    {"introspection", NULL, "glib"},
    {"pango", "pango", ""},
    {"pygobject", NULL, "glib"},
    {"libcroco", "libcroco", ""},
    {"libglade", "libglade", "libxml2 gtk2 atk glib pango"},
    {"libgsf", "libgsf", "glib libxml2"},
    {"librsvg", "librsvg", "libgsf gdkpixbuf pango"},
    {"libxml2", "libxml2", ""},
    {"libxslt", "libxslt", "libxml2"},
    {"dconf", "dconf", "glib"},
    {"gconf", "gconf", ""},
    {"libidl", "libIDL", "glib"},
    {"orbit2", "ORBit2", "libidl"},
    {"vte", "vte", "gtk3 atk glib pango"},
    {"libxml++50", "libxmlxx", ""},
    {"libsigc++20", "libsigcxx2", ""},
    {"libsigc++30", "libsigcxx", ""},
    {"glibmm", "glibmm", "glib"},
    {"glibmm24", "glibmm24", ""},
    {"cairomm", "cairomm", ""},
    {"cairomm10", "cairomm10", ""},
    {"atkmm", "atkmm", ""},
    {"atkmm16", "atkmm16", ""},
    {"pangomm", "pangomm", ""},
    {"pangomm14", "pangomm14", ""},
    {"gtkmm30", "gtkmm30", "gtk3 atk glib pango"},
    {"gtkmm40", "gtkmm40", "gtk4 atk glib pango"},
    {"gtksourceview3", "gtksourceview3", "gtk3 atk glib pango libxml2"},
    {"gtksourceview4", "gtksourceview4", ""},
    {"gtksourceview5", "gtksourceview5", ""},
};

static const struct component sdl[] = {
    {"image1", "sdl1_image", ""},
    {"image2", "sdl2_image", ""},
    {"mixer1", "sdl1_mixer", ""},
    {"mixer2", "sdl2_mixer", ""},
    {"net1", "sdl1_net", ""},
    {"net2", "sdl2_net", ""},
    {"sdl1", NULL, ""},
    {"sdl2", NULL, ""},
    {"sound1", "sdl1_sound", ""},
    {"sound2", "sdl2_sound", ""},
    {"ttf1", "sdl1_ttf", ""},
    {"ttf2", "sdl2_ttf", ""},
};

static const struct component *find(const struct component *table, size_t n, struct rv_span name)
{
	for (size_t i = 0; i < n; i++)
		if (rv_span_is(name, table[i].name))
			return &table[i];
	return NULL;
}

static void need_both(struct rv_recipe *r, const char *port)
{
	rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:dev:std", port));
	rv_recipe_need(r, RV_DEP_BUILDRUN, rv_arena_fmt(&r->arena, "%s:primary:std", port));
}

static void need_glib(struct rv_recipe *r)
{
	static const char *const build[] = {
	    "glib:dev:std", "gettext:dev:std", "gettext:bldtools:std", "gettext:solinks:std"};
	static const char *const both[] = {
	    "glib:primary:std", "gettext:primary:std", "gettext:tools:std"};

	for (size_t i = 0; i < RV_COUNT(build); i++)
		rv_recipe_need(r, RV_DEP_BUILD, build[i]);
	for (size_t i = 0; i < RV_COUNT(both); i++)
		rv_recipe_need(r, RV_DEP_BUILDRUN, both[i]);
	if (!rv_recipe_uses(r, "python"))
		rv_recipe_add(r, RV_KEY_USES, "python:build", 0);
}

static void need_gnome(struct rv_recipe *r, const struct component *c, const struct rv_defaults *d)
{
	if (c->port)
		need_both(r, c->port);
	if (strcmp(c->name, "glib") == 0)
		need_glib(r);
	if (strcmp(c->name, "gtk3") == 0)
		rv_recipe_need(r, RV_DEP_RUN, "adwaita-icon-theme:single:std");
	if (strcmp(c->name, "intltool") == 0)
		rv_recipe_need(r, RV_DEP_BUILD, "intltool:primary:std");
	if (strcmp(c->name, "introspection") == 0) {
		rv_recipe_need(r, RV_DEP_BUILD, "gobject-introspection:primary:std");
		rv_recipe_need(r, RV_DEP_BUILD, "gobject-introspection:dev:std");
		rv_recipe_add(r, RV_KEY_MAKE_ENV, "GI_SCANNER_DISABLE_CACHE=1", 0);
		rv_recipe_add(r, RV_KEY_MAKE_ENV, "XDG_CACHE_HOME=${WRKDIR}", 0);
	}
	if (strcmp(c->name, "pygobject") == 0) {
		const char *python = rv_default_of(d, RV_FAMILY_PYTHON);
		struct rv_span minor = rv_part_2(rv_span_str(python), '.');

		rv_recipe_need(r, RV_DEP_BUILD,
		    rv_arena_fmt(&r->arena, "python-PyGObject:dev:v%.*s", RV_SPAN_ARG(minor)));
		rv_recipe_need(r, RV_DEP_BUILDRUN,
		    rv_arena_fmt(&r->arena, "python-PyGObject:primary:v%.*s", RV_SPAN_ARG(minor)));
	}
}

static void mark(bool *wanted, struct rv_span name)
{
	const struct component *c = find(gnome, RV_COUNT(gnome), name);
	struct rv_span rest, word;

	if (!c || wanted[c - gnome])
		return;
	wanted[c - gnome] = true;
	rest = rv_span_str(c->implies);
	while (rv_span_next(&rest, ' ', &word))
		mark(wanted, word);
}

static void use_gnome(struct rv_recipe *r, const struct rv_defaults *d)
{
	const struct rv_items *items = rv_recipe_list(r, RV_KEY_GNOME_COMPONENTS);
	bool wanted[RV_COUNT(gnome)] = {false};

	for (size_t i = 0; i < items->n; i++)
		mark(wanted, rv_span_str(items->v[i].text));
	for (size_t i = 0; i < RV_COUNT(gnome); i++)
		if (wanted[i])
			need_gnome(r, &gnome[i], d);
}

static void use_sdl(struct rv_recipe *r)
{
	const struct rv_items *items = rv_recipe_list(r, RV_KEY_SDL_COMPONENTS);

	for (size_t i = 0; i < items->n; i++) {
		struct rv_span name = rv_span_str(items->v[i].text);
		const struct component *c = find(sdl, RV_COUNT(sdl), name);
		bool two = name.n && name.p[name.n - 1] == '2';
		const char *config = two ? "SDL_CONFIG=\"${LOCALBASE}/bin/sdl2-config\""
					 : "SDL_CONFIG=\"${LOCALBASE}/bin/sdl-config\"";

		if (c && c->port)
			need_both(r, c->port);
		need_both(r, two ? "sdl2" : "sdl1");
		rv_recipe_add(r, RV_KEY_MAKE_ENV, config, 0);
		rv_recipe_add(r, RV_KEY_CONFIGURE_ENV, config, 0);
	}
}

static void use_xorg(struct rv_recipe *r)
{
	const struct rv_items *items = rv_recipe_list(r, RV_KEY_XORG_COMPONENTS);
	struct rv_span proto = RV_SPAN_LIT("proto");

	for (size_t i = 0; i < items->n; i++) {
		struct rv_span name = rv_span_str(items->v[i].text);
		const char *port = rv_arena_fmt(&r->arena, "xorg-%.*s", RV_SPAN_ARG(name));

		if (rv_span_ends(name, proto) || rv_span_is(name, "xbitmaps"))
			rv_recipe_need(
			    r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:single:std", port));
		else
			need_both(r, port);
	}
	if (items->n && !rv_span_ends(rv_span_str(r->namebase), proto)) {
		rv_recipe_need(r, RV_DEP_BUILD, "xorg-macros:single:std");
		rv_recipe_need(r, RV_DEP_BUILD, "pkgconf:primary:std");
	}
}

static void use_php_extensions(struct rv_recipe *r, const struct rv_defaults *d)
{
	const struct rv_items *items = rv_recipe_list(r, RV_KEY_PHP_EXTENSIONS);
	const char *branch = rv_module_branch(r, "php", d, RV_FAMILY_PHP);
	const char *version =
	    rv_without_dots(&r->arena, branch ? branch : rv_default_of(d, RV_FAMILY_PHP));
	bool build = rv_recipe_uses_with(r, "php", "build") || rv_recipe_uses_with(r, "php", "ext");

	for (size_t i = 0; i < items->n; i++)
		rv_recipe_need(r, build ? RV_DEP_BUILDRUN : RV_DEP_RUN,
		    rv_arena_fmt(&r->arena, "php%s-%s:single:std", version, items->v[i].text));
}

void rv_recipe_components(struct rv_recipe *r, const struct rv_defaults *d)
{
	use_gnome(r, d);
	use_sdl(r);
	use_xorg(r);
	use_php_extensions(r, d);
}
