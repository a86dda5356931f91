/* SPDX-License-Identifier: ISC */
/* The inside of struct rv_package, for lib/archive alone. Nothing in it changes after opening. */
#pragma once

#include "archive/reader.h"
#include "base/arena.h"
#include "codec/zstd.h"

/* What zstd may make of RV_PACKAGE_FRAME_MAX incompressible bytes, with room to spare. */
#define RV_PACKAGE_FRAME_PACKED_MAX (RV_PACKAGE_FRAME_MAX + RV_PACKAGE_FRAME_MAX / 128)

struct rv_package_frame {
	uint64_t at;	   /* in the file */
	uint64_t plain_at; /* in the payload */
	uint32_t packed_n, plain_n;
};

struct rv_package {
	int fd;
	const char *name;
	struct rv_arena arena;
	uint64_t file_bytes, table_at, payload_bytes;
	size_t head_packed_n, head_plain_n;
	char *head; /* frame 1, plain */
	struct rv_span manifest_text, files_text, build_text;
	struct rv_manifest manifest;
	struct rv_build build;
	struct rv_file_entries entries;
	struct rv_sha256 content_id;
	struct rv_package_frame *frames;
	size_t n_frames;
};
