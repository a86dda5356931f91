/* SPDX-License-Identifier: ISC */
/* Compiler attributes and the cleanup vocabulary: rv_auto(T) calls rv_T_release at scope end. */
#pragma once

#define RV_MUST_CHECK __attribute__((warn_unused_result))
#define RV_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define RV_UNUSED __attribute__((unused))
#define RV_NORETURN __attribute__((noreturn))

/*
 * rv_auto(rv_buf) struct rv_buf b = ...: rv_buf_release(&b) runs when b leaves its scope. To gcc
 * that is a use of b, clang must be told.
 */
#define rv_auto(type) __attribute__((cleanup(type##_release), unused))
/* rv_autofree(rv_reader) struct rv_reader *r = NULL: rv_reader_freep(&r) runs at scope end. */
#define rv_autofree(type) __attribute__((cleanup(type##_freep)))

/* Defines rv_x_freep for rv_autofree out of rv_x_free. */
#define RV_DEFINE_FREEP(type)                                                                      \
	static inline void type##_freep(struct type **p)                                           \
	{                                                                                          \
		type##_free(*p);                                                                   \
		*p = 0;                                                                            \
	}

#define RV_COUNT(array) (sizeof(array) / sizeof((array)[0]))
