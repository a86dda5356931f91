/* SPDX-License-Identifier: ISC */
/*
 * Files by directory descriptor and relative name; no path is ever looked up from "/" but by the
 * functions that say so. Every descriptor is close-on-exec. Names are borrowed. All functions fill
 * *err with the name they were given. No Linux types here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

#define RV_CWD (-100) /* as AT_FDCWD: relative to the working folder, or an absolute path */

/* --- descriptors */
#define rv_auto_fd __attribute__((cleanup(rv_fd_release))) int
void rv_fd_release(int *fd); /* closes when >= 0, sets -1; keeps errno */
int rv_take_fd(int *fd);     /* returns *fd and sets it to -1 */

/* --- kinds and status */
enum rv_kind { RV_FILE, RV_DIR, RV_LINK, RV_FIFO, RV_SOCKET, RV_CHARDEV, RV_BLOCKDEV };

struct rv_stat {
	enum rv_kind kind;
	uint32_t mode; /* permission bits with set-id and sticky: 07777 */
	uint32_t uid, gid;
	uint64_t size, ino, dev, nlink;
	int64_t mtime_s, ctime_s;
	uint32_t mtime_ns, ctime_ns;
};

enum { RV_ABSENT = 1 }; /* outcome: there is no such name (ENOENT, ENOTDIR) */

/* Never follows a last link. 0, RV_ABSENT, < 0. */
int rv_file_stat(int dirfd, const char *name, struct rv_stat *out, struct rv_error *err)
    RV_MUST_CHECK;
int rv_file_fstat(int fd, struct rv_stat *out, struct rv_error *err) RV_MUST_CHECK;
/* Copies the target into out (ceiling = its max). 0, RV_ABSENT, < 0. */
int rv_file_readlink(int dirfd, const char *name, struct rv_buf *out, struct rv_error *err)
    RV_MUST_CHECK;

/* --- opening */
/* Opens an existing file or directory for reading, following no last link. 0, RV_ABSENT, < 0. */
int rv_file_open(int dirfd, const char *name, int *out_fd, struct rv_error *err) RV_MUST_CHECK;
int rv_dir_open(int dirfd, const char *name, int *out_fd, struct rv_error *err) RV_MUST_CHECK;
/* The same for a path that the user gave: last links are followed. */
int rv_file_open_user(const char *path, int *out_fd, struct rv_error *err) RV_MUST_CHECK;
int rv_dir_open_user(const char *path, int *out_fd, struct rv_error *err) RV_MUST_CHECK;
/*
 * O_EXCL create for reading and writing; RV_EXISTS when the name is taken. mode passes the umask.
 */
enum { RV_EXISTS = 2 };
int rv_file_create(int dirfd, const char *name, uint32_t mode, int *out_fd, struct rv_error *err)
    RV_MUST_CHECK;
/* Opens an existing file for reading and appending, following no last link. RV_ABSENT. */
int rv_file_append(int dirfd, const char *name, int *out_fd, struct rv_error *err) RV_MUST_CHECK;
/*
 * Opens path strictly beneath dirfd, following no link at all and never leaving it ("..", absolute:
 * refused); flags as open(2). 0, RV_ABSENT, < 0.
 */
int rv_file_open_beneath(int dirfd, const char *path, int flags, uint32_t mode, int *out_fd,
    struct rv_error *err) RV_MUST_CHECK;

/* --- reading and writing */
/* Whole content into out; its ceiling bounds the size. 0, RV_ABSENT, < 0. */
int rv_file_read(int dirfd, const char *name, struct rv_buf *out, struct rv_error *err)
    RV_MUST_CHECK;
/* Whether it is a plain file of just this content; false too when it cannot be read. */
bool rv_file_holds(int dirfd, const char *name, struct rv_span content);
int rv_fd_read_all(int fd, const char *what, struct rv_buf *out, struct rv_error *err)
    RV_MUST_CHECK;
/* Exactly n bytes at offset; a short file is RV_FORMAT. */
int rv_fd_pread(int fd, const char *what, void *to, size_t n, uint64_t offset, struct rv_error *err)
    RV_MUST_CHECK;
int rv_fd_write(int fd, const char *what, const void *data, size_t n, struct rv_error *err)
    RV_MUST_CHECK;
int rv_fd_pwrite(int fd, const char *what, const void *data, size_t n, uint64_t offset,
    struct rv_error *err) RV_MUST_CHECK;
/*
 * The whole file read-only in memory: it must be one that nobody writes to any more. An empty file:
 * NULL. rv_unmap takes what came out.
 */
int rv_fd_map(int fd, const char *what, size_t max_bytes, struct rv_span *out, struct rv_error *err)
    RV_MUST_CHECK;
void rv_unmap(struct rv_span *map); /* accepts the zero value */
/* A new empty file without a name, in memory where the system has that. */
int rv_file_nameless(int *out_fd, struct rv_error *err) RV_MUST_CHECK;
/*
 * Temporary name beside it, write, fsync, rename over, fsync of the folder: old or new content,
 * never a mixture.
 */
int rv_file_replace(int dirfd, const char *name, uint32_t mode, struct rv_span data,
    struct rv_error *err) RV_MUST_CHECK;
/*
 * Content of fd from 0 to its end to a new file `name` (must not exist); reflink or copy_file_range
 * where there.
 */
int rv_file_copy(int from_fd, int dirfd, const char *name, uint32_t mode, struct rv_error *err)
    RV_MUST_CHECK;

/*
 * Every mode below is then what the caller says, less these bits; called once, when a program
 * begins.
 */
void rv_umask_set(uint32_t mask);

/* --- names; modes pass the umask */
int rv_dir_make(int dirfd, const char *name, uint32_t mode, struct rv_error *err)
    RV_MUST_CHECK; /* existing dir: 0 */
int rv_dir_make_path(int dirfd, const char *path, uint32_t mode, struct rv_error *err)
    RV_MUST_CHECK; /* parents too */
/* Both: RV_EXISTS when the name is taken. */
int rv_file_link(int from_dirfd, const char *from, int dirfd, const char *name,
    struct rv_error *err) RV_MUST_CHECK;
int rv_file_symlink(const char *target, int dirfd, const char *name, struct rv_error *err)
    RV_MUST_CHECK;
enum rv_rename { RV_RENAME_OVER, RV_RENAME_NEW, RV_RENAME_EXCHANGE };
/* RV_RENAME_NEW: RV_EXISTS when taken. RV_ABSENT when the source is missing. */
int rv_file_rename(int from_dirfd, const char *from, int dirfd, const char *name,
    enum rv_rename how, struct rv_error *err) RV_MUST_CHECK;
int rv_file_unlink(int dirfd, const char *name, struct rv_error *err) RV_MUST_CHECK; /* RV_ABSENT */
enum { RV_NOT_EMPTY = 3 };
int rv_dir_remove(int dirfd, const char *name, struct rv_error *err)
    RV_MUST_CHECK; /* RV_ABSENT, RV_NOT_EMPTY */
/*
 * A file or a whole tree; follows no link, crosses no mount unless told. RV_ABSENT when there was
 * none.
 */
int rv_tree_remove(int dirfd, const char *name, struct rv_error *err) RV_MUST_CHECK;

/* --- attributes (never through a last link) */
int rv_file_chmod(int dirfd, const char *name, uint32_t mode, struct rv_error *err) RV_MUST_CHECK;
int rv_file_chown(int dirfd, const char *name, uint32_t uid, uint32_t gid, struct rv_error *err)
    RV_MUST_CHECK;
int rv_file_set_mtime(int dirfd, const char *name, int64_t mtime_s, struct rv_error *err)
    RV_MUST_CHECK;
/* The same of an open file or folder. */
int rv_fd_chmod(int fd, const char *what, uint32_t mode, struct rv_error *err) RV_MUST_CHECK;
int rv_fd_chown(int fd, const char *what, uint32_t uid, uint32_t gid, struct rv_error *err)
    RV_MUST_CHECK;
int rv_fd_set_mtime(int fd, const char *what, int64_t mtime_s, struct rv_error *err) RV_MUST_CHECK;
/* user.* and security.capability; value bytes. Unsupported file system: RV_ABSENT. */
int rv_fd_set_xattr(int fd, const char *what, const char *key, struct rv_span value,
    struct rv_error *err) RV_MUST_CHECK;
int rv_fd_get_xattr(int fd, const char *what, const char *key, struct rv_buf *out,
    struct rv_error *err) RV_MUST_CHECK;
/* Names, NUL-separated, sorted, without security.selinux and system.*. */
int rv_fd_list_xattr(int fd, const char *what, struct rv_buf *out, struct rv_error *err)
    RV_MUST_CHECK;

/* --- listing */
struct rv_dir_entry {
	const char *name; /* valid during the call */
	enum rv_kind kind;
};
/*
 * Every entry but . and .., sorted by bytes; a callback result other than 0 ends the listing and is
 * returned.
 */
int rv_dir_each(int dirfd, const char *name,
    int (*each)(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err),
    void *ctx, struct rv_error *err) RV_MUST_CHECK;

/* --- durability and space */
int rv_fd_sync(int fd, const char *what, struct rv_error *err) RV_MUST_CHECK;
/*
 * Barrier: when it returns 0 everything written before to the file system of fd is on the medium,
 * or was reported. syncfs where it reports errors; elsewhere the caller must fsync files one by one
 * (rv_barrier_is_whole() is false there).
 */
int rv_barrier(int fd, const char *what, struct rv_error *err) RV_MUST_CHECK;
bool rv_barrier_is_whole(void);
struct rv_space {
	uint64_t free_bytes,
	    free_inodes; /* for this user; inodes UINT64_MAX where they do not run out */
	uint64_t block_bytes;
	uint64_t fs_id;
	bool read_only;
};
int rv_fd_space(int fd, const char *what, struct rv_space *out, struct rv_error *err) RV_MUST_CHECK;
/*
 * Immutable or append-only flag set (file systems without flags: false). RV_ABSENT when there is no
 * such name.
 */
int rv_file_is_immutable(int dirfd, const char *name, bool *out, struct rv_error *err)
    RV_MUST_CHECK;
int rv_fd_is_immutable(int fd, const char *what, bool *out, struct rv_error *err) RV_MUST_CHECK;
