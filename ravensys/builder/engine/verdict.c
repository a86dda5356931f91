/* SPDX-License-Identifier: ISC */
/* Inputs of now against inputs on record. */
#include "engine/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void rv_verdict_release(struct rv_verdict *v)
{
	rv_vec_release(&v->changed);
}

const char *rv_action_name(enum rv_action a)
{
	static const char *const names[] = {
	    [RV_ACTION_NONE] = "none",
	    [RV_ACTION_BUILD] = "build",
	    [RV_ACTION_MAYBE] = "maybe",
	    [RV_ACTION_IGNORE] = "ignore",
	};

	return names[a];
}

struct rv_json *rv_verdict_to_json(const struct rv_node *node, const struct rv_verdict *v)
{
	struct rv_json *o = rv_json_new_object(), *changed = rv_json_new_array();

	rv_json_set_string(o, "port", node->key);
	rv_json_set_string(o, "action", rv_action_name(v->action));
	rv_json_set_string(o, "reason", v->reason);
	rv_vec_each (&v->changed, c)
		rv_json_append_string(changed, *c);
	rv_json_set(o, "inputs_changed", changed);
	return o;
}

static void copy_inputs(struct rv_inputs *out, const struct rv_inputs *from)
{
	for (size_t i = 0; i < from->n; i++)
		rv_inputs_add(out, from->v[i].name, &from->v[i].digest);
}

int rv_verdict_inputs(const struct rv_graph *g, const struct rv_node *node, struct rv_inputs *out,
    struct rv_error *err)
{
	struct rv_slot_packages slot;
	struct rv_sha256 id;

	*out = (struct rv_inputs){0};
	if (rv_graph_slot_packages(g, node, &slot, err) < 0)
		return -1;
	copy_inputs(out, &node->inputs);
	rv_vec_each (&slot, s) {
		char name[600];

		snprintf(name, sizeof(name), "package %s", s->package->name);
		if (!rv_sha256_parse(rv_span_str(s->package->content_id), &id))
			memset(&id, 0, sizeof(id));
		rv_inputs_add(out, name, &id);
	}
	rv_vec_release(&slot);
	return 0;
}

/* Names that differ between the record and now: changed, new, gone. */
static void compare(struct rv_graph *g, const struct rv_record *old, const struct rv_inputs *now,
    bool with_packages, struct rv_verdict *v)
{
	struct rv_map seen = RV_MAP_INIT;
	char hex[RV_SHA256_HEX_BYTES];
	const char *was;

	for (size_t i = 0; i < now->n; i++) {
		rv_map_put(&seen, rv_span_str(now->v[i].name), now->v);
		rv_sha256_hex(&now->v[i].digest, hex);
		was = rv_record_input_find(old, now->v[i].name);
		if (!was || strcmp(was, hex) != 0)
			rv_vec_push(&v->changed, rv_arena_strdup(&g->arena, now->v[i].name));
	}
	rv_vec_each (&old->inputs, o) {
		if (!with_packages && strncmp(o->name, "package ", 8) == 0)
			continue;
		if (!rv_map_get(&seen, rv_span_str(o->name)))
			rv_vec_push(&v->changed, rv_arena_strdup(&g->arena, o->name));
	}
	rv_map_release(&seen);
}

static const char *list_changed(struct rv_graph *g, const struct rv_verdict *v)
{
	const char *text = "changed: ";
	size_t shown = 0;

	rv_vec_each (&v->changed, c) {
		if (shown == 3 && v->changed.n > 4)
			return rv_arena_fmt(
			    &g->arena, "%s and %zu more", text, v->changed.n - shown);
		text = rv_arena_fmt(&g->arena, "%s%s%s", text, shown ? ", " : "", *c);
		shown++;
	}
	return text;
}

static int ask_inputs(struct rv_graph *g, struct rv_node *node, struct rv_error *err)
{
	return node->inputs.n || !g->ask_inputs ? 0 : g->ask_inputs(g->ask_ctx, node, err);
}

/* What can be said without the slot; of a port that was never built its inputs are not asked. */
static int decide_alone(struct rv_graph *g, struct rv_node *node, struct rv_verdict *v,
    bool *out_certain, struct rv_error *err)
{
	*v = (struct rv_verdict){.action = RV_ACTION_BUILD};
	*out_certain = true;
	if (node->ignore) {
		v->action = RV_ACTION_IGNORE;
		v->reason = node->ignore;
		return 0;
	}
	if (!node->record) {
		v->reason = "never built";
		return 0;
	}
	if (ask_inputs(g, node, err) < 0)
		return -1;
	if (!node->record->inferred)
		compare(g, node->record, &node->inputs, false, v);
	if (v->changed.n)
		v->reason = list_changed(g, v);
	else if (!node->packages_there)
		v->reason = "a package of it is missing";
	else
		*out_certain = false;
	return 0;
}

/* With the packages in the slot. */
static void decide_whole(struct rv_graph *g, const struct rv_record *record,
    const struct rv_inputs *now, const char *digest, struct rv_verdict *v)
{
	bool same;

	if (!record->inferred)
		compare(g, record, now, true, v);
	same = record->inferred ? strcmp(record->digest, digest) == 0 : !v->changed.n;
	v->action = same ? RV_ACTION_NONE : RV_ACTION_BUILD;
	v->reason = same ? "up to date"
		    : record->inferred
			? "its packages are of other inputs, and the history does not know which"
			: list_changed(g, v);
}

static const char *digest_of(struct rv_graph *g, struct rv_inputs *inputs)
{
	char hex[RV_SHA256_HEX_BYTES];
	struct rv_sha256 digest;

	rv_inputs_digest(inputs, &digest);
	rv_sha256_hex(&digest, hex);
	return rv_arena_strdup(&g->arena, hex);
}

int rv_verdict_digest(
    struct rv_graph *g, const struct rv_node *node, const char **out, struct rv_error *err)
{
	struct rv_inputs now;

	if (rv_verdict_inputs(g, node, &now, err) < 0)
		return -1;
	*out = digest_of(g, &now);
	rv_inputs_release(&now);
	return 0;
}

int rv_verdict_settled(
    struct rv_graph *g, struct rv_node *node, struct rv_verdict *out, struct rv_error *err)
{
	struct rv_inputs now;
	bool certain;

	if (decide_alone(g, node, out, &certain, err) < 0)
		return -1;
	if (certain)
		return 0;
	if (rv_verdict_inputs(g, node, &now, err) < 0)
		return -1;
	decide_whole(g, node->record, &now, digest_of(g, &now), out);
	rv_inputs_release(&now);
	return 0;
}

/* The first dependency that is ignored, else the first that is not settled, else NULL. */
static const struct rv_node *unsettled_need(
    const struct rv_graph *g, const struct rv_node *node, const struct rv_verdict *all)
{
	const struct rv_node *found = NULL;

	rv_vec_each (&node->needs, need) {
		if (all[*need].action == RV_ACTION_IGNORE)
			return &g->nodes.v[*need];
		if (!found && all[*need].action != RV_ACTION_NONE)
			found = &g->nodes.v[*need];
	}
	return found;
}

static int decide_node(
    struct rv_graph *g, size_t at, bool forced, struct rv_verdict *all, struct rv_error *err)
{
	struct rv_node *node = &g->nodes.v[at];
	const struct rv_node *need = unsettled_need(g, node, all);
	bool certain;

	if (!node->ignore && need && all[need - g->nodes.v].action == RV_ACTION_IGNORE) {
		all[at].action = RV_ACTION_IGNORE;
		all[at].reason = rv_arena_fmt(&g->arena, "needs %s, which is ignored", need->key);
		return 0;
	}
	if (forced && node->asked && !node->ignore) {
		all[at].action = RV_ACTION_BUILD;
		all[at].reason = "forced";
		return 0;
	}
	if (!need)
		return rv_verdict_settled(g, node, &all[at], err);
	if (decide_alone(g, node, &all[at], &certain, err) < 0)
		return -1;
	if (certain)
		return 0;
	all[at].action = RV_ACTION_MAYBE;
	all[at].reason = rv_arena_fmt(&g->arena, "needs %s, whose new content decides", need->key);
	return 0;
}

/* Depth-first by an explicit stack: a node is decided after all that it needs. */
int rv_verdict_all(struct rv_graph *g, bool forced, struct rv_verdict *out, struct rv_error *err)
{
	enum { NEW, OPEN, DONE };
	unsigned char *state = rv_alloc(g->nodes.n + 1);
	rv_vec(uint32_t) stack = {0};
	int r = 0;

	memset(out, 0, g->nodes.n * sizeof(*out));
	for (uint32_t root = 0; root < g->nodes.n && r == 0; root++) {
		rv_vec_push(&stack, root);
		while (stack.n && r == 0) {
			uint32_t at = stack.v[stack.n - 1];

			if (state[at] != NEW) {
				stack.n--;
				if (state[at] == OPEN)
					r = decide_node(g, at, forced, out, err);
				state[at] = DONE;
				continue;
			}
			state[at] = OPEN;
			rv_vec_each (&g->nodes.v[at].needs, need)
				if (state[*need] == NEW)
					rv_vec_push(&stack, *need);
		}
	}
	rv_vec_release(&stack);
	free(state);
	return r;
}
