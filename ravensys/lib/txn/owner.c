/* SPDX-License-Identifier: ISC */
/* See owner.h. */
#include "txn/owner.h"
#include "base/buf.h"
#include "os/file.h"

#define ACCOUNTS_MAX_BYTES ((size_t)16 * 1024 * 1024)

void rv_owners_release(struct rv_owners *o)
{
	rv_map_release(&o->users);
	rv_map_release(&o->groups);
	rv_arena_release(&o->arena);
}

static void add(struct rv_owners *o, struct rv_map *map, struct rv_span name, uint32_t id)
{
	uint32_t *value;

	if (rv_map_get(map, name))
		return;
	value = rv_arena_alloc(&o->arena, sizeof(*value));
	*value = id;
	rv_map_put(map, rv_arena_span(&o->arena, name), value);
}

void rv_owners_add_user(struct rv_owners *o, const char *name, uint32_t id)
{
	add(o, &o->users, rv_span_str(name), id);
}

void rv_owners_add_group(struct rv_owners *o, const char *name, uint32_t id)
{
	add(o, &o->groups, rv_span_str(name), id);
}

/* name:password:id:... in both files */
static int read_accounts(
    struct rv_owners *o, int root_fd, const char *file, struct rv_map *map, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(ACCOUNTS_MAX_BYTES);
	struct rv_span rest, line, name, skipped, number;
	rv_auto_fd fd = -1;
	uint64_t id;
	int rc = rv_file_open_beneath(root_fd, file, 0, 0, &fd, NULL);

	/* absent, or a link: the root has no accounts that we could trust */
	if (rc != 0)
		return 0;
	if (rv_fd_read_all(fd, file, &text, err) < 0)
		return -1;
	rest = rv_buf_span(&text);
	while (rv_span_next(&rest, '\n', &line))
		if (rv_span_next(&line, ':', &name) && rv_span_next(&line, ':', &skipped) &&
		    rv_span_next(&line, ':', &number) && rv_span_to_u64(number, &id) &&
		    id < UINT32_MAX)
			add(o, map, name, (uint32_t)id);
	return 0;
}

int rv_owners_read(struct rv_owners *o, int root_fd, struct rv_error *err)
{
	if (read_accounts(o, root_fd, "etc/passwd", &o->users, err) < 0)
		return -1;
	return read_accounts(o, root_fd, "etc/group", &o->groups, err);
}

static bool look_up(const struct rv_map *map, struct rv_span name, uint32_t *out)
{
	const uint32_t *known;
	uint64_t id;

	*out = 0;
	if (name.n == 0 || rv_span_is(name, "root"))
		return true;
	if (rv_span_to_u64(name, &id) && id < UINT32_MAX) {
		*out = (uint32_t)id;
		return true;
	}
	known = rv_map_get(map, name);
	if (known)
		*out = *known;
	return known != NULL;
}

bool rv_owners_user(const struct rv_owners *o, struct rv_span name, uint32_t *out)
{
	return look_up(&o->users, name, out);
}

bool rv_owners_group(const struct rv_owners *o, struct rv_span name, uint32_t *out)
{
	return look_up(&o->groups, name, out) || rv_span_is(name, "wheel");
}
