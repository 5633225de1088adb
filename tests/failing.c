/* Put before all other libraries of a process (LD_PRELOAD): makes the n-th thing fail that it or
   any process it starts does to files in one folder. What is counted: opening for writing,
   writing, syncing, renaming, making a folder, or one kind of these alone. The numbers are in a file
   that all of them share. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

struct control {
    atomic_long count;    /* how many there were */
    long first, last;     /* those of these numbers fail, counted from 1 */
    long error;           /* with this errno */
    char kind[16];        /* the one kind that is counted; empty for all */
    char what[64];        /* the last that failed: the call … */
    char where[PATH_MAX]; /* … and the file */
};

static struct control *control;
static const char *folder;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAILING_CONTROL");
    folder = getenv("FAILING_FOLDER");
    if (!path || !folder) return;
    int fd = REAL(open)(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    void *shared = mmap(0, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (shared != MAP_FAILED) control = shared;
}

static int fails(const char *what, const char *path) {
    char full[2 * PATH_MAX] = "";
    if (!control || !path) return 0;
    if (control->kind[0] && strncmp(control->kind, what, sizeof control->kind)) return 0;
    if (path[0] != '/' && getcwd(full, PATH_MAX)) strcat(full, "/");
    strncat(full, path, PATH_MAX - 1);
    if (strncmp(full, folder, strlen(folder))) return 0;
    long number = atomic_fetch_add(&control->count, 1) + 1;
    if (number < control->first || number > control->last) return 0;
    strncpy(control->what, what, sizeof control->what - 1);
    strncpy(control->where, full, sizeof control->where - 1);
    errno = (int)control->error;
    return 1;
}

static int fails_at(const char *what, int fd) {
    char link[64], path[PATH_MAX];
    if (!control) return 0;
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length <= 0 || path[0] != '/') return 0; /* or it is a pipe */
    path[length] = 0;
    return fails(what, path);
}

#define WRITES(flags) ((flags) & (O_WRONLY | O_RDWR | O_CREAT))

#define OPEN(name)                                                                     \
    int name(const char *path, int flags, ...) {                                       \
        va_list rest;                                                                  \
        va_start(rest, flags);                                                         \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;      \
        va_end(rest);                                                                  \
        if (WRITES(flags) && fails("open", path)) return -1;                           \
        return REAL(name)(path, flags, mode);                                          \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                   \
    int name(int at, const char *path, int flags, ...) {                               \
        va_list rest;                                                                  \
        va_start(rest, flags);                                                         \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;      \
        va_end(rest);                                                                  \
        if (WRITES(flags) && fails("open", path)) return -1;                           \
        return REAL(name)(at, path, flags, mode);                                      \
    }
OPENAT(openat)
OPENAT(openat64)

#define FOPEN(name)                                                                    \
    FILE *name(const char *path, const char *mode) {                                   \
        if (strpbrk(mode, "wa+") && fails("open", path)) return NULL;                  \
        return REAL(name)(path, mode);                                                 \
    }
FOPEN(fopen)
FOPEN(fopen64)

ssize_t write(int fd, const void *data, size_t size) {
    return fails_at("write", fd) ? -1 : REAL(write)(fd, data, size);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    return fails_at("write", fd) ? -1 : REAL(writev)(fd, parts, count);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    return fails_at("write", fd) ? -1 : REAL(pwrite)(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    return fails_at("write", fd) ? -1 : REAL(pwrite64)(fd, data, size, at);
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *file) {
    return fails_at("write", fileno(file)) ? 0 : REAL(fwrite)(data, size, count, file);
}

int ftruncate(int fd, off_t size) {
    return fails_at("write", fd) ? -1 : REAL(ftruncate)(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    return fails_at("write", fd) ? -1 : REAL(ftruncate64)(fd, size);
}

int fsync(int fd) { return fails_at("fsync", fd) ? -1 : REAL(fsync)(fd); }

int fdatasync(int fd) { return fails_at("fsync", fd) ? -1 : REAL(fdatasync)(fd); }

int rename(const char *from, const char *to) {
    return fails("rename", to) ? -1 : REAL(rename)(from, to);
}

int renameat(int one, const char *from, int other, const char *to) {
    return fails("rename", to) ? -1 : REAL(renameat)(one, from, other, to);
}

int mkdir(const char *path, mode_t mode) {
    return fails("mkdir", path) ? -1 : REAL(mkdir)(path, mode);
}

int mkdirat(int at, const char *path, mode_t mode) {
    return fails("mkdir", path) ? -1 : REAL(mkdirat)(at, path, mode);
}
