/* SPDX-License-Identifier: ISC */
/*
 * Events as JSON: {"v":1,"t":MS,"event":"port-queued", members...}. Members that are NULL or 0 are
 * left out; unknown members are ignored when read, so that an older reader follows a newer writer.
 * Pure.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "codec/json.h"
#include "event/event.h"

struct rv_json *rv_event_to_json(const struct rv_event *event) RV_MUST_CHECK;

enum { RV_EVENT_UNKNOWN = 1 }; /* outcome: of a kind or version that this program does not know */
/* Strings of *out are borrowed from v. 0, RV_EVENT_UNKNOWN, or < 0 with RV_FORMAT. */
int rv_event_from_json(const struct rv_json *v, struct rv_event *out, struct rv_error *err)
    RV_MUST_CHECK;
