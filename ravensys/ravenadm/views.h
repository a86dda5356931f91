/* SPDX-License-Identifier: ISC */
/* The listeners of a run: the journal always, a text view unless -q. */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "cli/cmd.h"
#include "event/event.h"

int rv_views_add(struct rv_run *run, struct rv_event_bus *bus, struct rv_error *err) RV_MUST_CHECK;
