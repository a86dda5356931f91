/* SPDX-License-Identifier: ISC */
/*
 * Will a port be built, and why: inputs of now against those on record. Before a run only the first
 * level is certain; above a port that will be built the answer is "maybe": its new content decides.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "codec/json.h"
#include "engine/graph.h"

enum rv_action { RV_ACTION_NONE, RV_ACTION_BUILD, RV_ACTION_MAYBE, RV_ACTION_IGNORE };

struct rv_verdict {
	enum rv_action action;
	const char *reason;	      /* in the graph's arena */
	rv_vec(const char *) changed; /* names of inputs that differ from the record */
};

void rv_verdict_release(struct rv_verdict *v);
const char *rv_action_name(enum rv_action a); /* "none" "build" "maybe" "ignore" */

/*
 * The verdict of one node whose dependencies are settled: what is on record of them is what its
 * slot would hold.
 */
int rv_verdict_settled(struct rv_graph *g, struct rv_node *node, struct rv_verdict *out,
    struct rv_error *err) RV_MUST_CHECK;

/* The digest over rv_verdict_inputs (hex, in the graph's arena). */
int rv_verdict_digest(struct rv_graph *g, const struct rv_node *node, const char **out,
    struct rv_error *err) RV_MUST_CHECK;

/*
 * Verdicts of all nodes before a run; forced: the asked ones are built whatever their inputs. out
 * holds one a node.
 */
int rv_verdict_all(struct rv_graph *g, bool forced, struct rv_verdict *out, struct rv_error *err)
    RV_MUST_CHECK;

/*
 * Own inputs and the packages in the slot, sorted; for the record of a build.
 * rv_inputs_release(out).
 */
int rv_verdict_inputs(const struct rv_graph *g, const struct rv_node *node, struct rv_inputs *out,
    struct rv_error *err) RV_MUST_CHECK;

/* {"port","action","reason","inputs_changed"} */
struct rv_json *rv_verdict_to_json(const struct rv_node *node, const struct rv_verdict *v)
    RV_MUST_CHECK;
