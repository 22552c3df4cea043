/* Faults of the machine, under a real program: preloaded (LD_PRELOAD), this watches the calls by which a program
 * writes to files below one folder and answers on sockets, counts them, and at one of them does what a machine may do:
 * die before the call, die with half of it written, lose power, or have no room left. Nothing of the program is replaced.
 *
 * FAULT_FOLDER names the folder, FAULT_CONTROL a file of sizeof(struct control) bytes through which a story arms the
 * fault and reads the counters while the program runs. Linux only.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OP_WRITE = 1, OP_SYNC = 2, OP_TRUNCATE = 4, OP_NAME = 8, OP_CREATE = 16, OP_ANSWER = 32 };
enum { DIE_BEFORE = 1, DIE_AFTER = 2, DIE_HALF = 3, DIE_SECTOR = 4, POWER = 5, FULL = 6, FULL_HALF = 7 };
enum { TRACED = 1 << 16 };

/* The same layout stands in shim.rs. */
struct control {
    uint32_t action; /* 0: nothing happens; calls are counted all the same */
    uint32_t ops;    /* which calls count */
    uint64_t at;     /* the call at which it happens, from 1 */
    uint64_t until;  /* the last call that has no room left */
    uint64_t count;  /* calls so far */
    uint64_t fired;  /* how often it happened */
    char ending[40]; /* only files whose path ends so; empty: all */
    char where[40];  /* the end of the path at which it happened first */
    uint8_t trace[TRACED]; /* the op of each call that counted */
};

/* A write that is not on the disk yet: what stood there before. */
struct undo {
    struct undo *before;
    dev_t dev;
    ino_t ino;
    char path[512];
    off_t at, size;
    size_t length;
    char bytes[];
};

static struct control *control;
static char folder[512];
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static struct undo *unsynced;

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAULT_CONTROL"), *below = getenv("FAULT_FOLDER");
    if (!path || !below) return;
    int fd = (int)open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    void *there = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (there == MAP_FAILED) return;
    snprintf(folder, sizeof folder, "%s/", below);
    control = there;
}

/* Whether a path is one that is watched, and counts now. */
static int counts(const char *path, uint32_t op)
{
    if (!(control->ops & op)) return 0;
    if (op == OP_ANSWER) return 1;
    size_t whole = strlen(path), end = strnlen(control->ending, sizeof control->ending);
    return end <= whole && !memcmp(path + whole - end, control->ending, end);
}

static int is_below(const char *path) { return !strncmp(path, folder, strlen(folder)); }

static int path_of(int fd, char *path, size_t room)
{
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, room - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return 1;
}

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Everything that was written and never synced is as if it had not been. */
static void lose_power(void)
{
    REAL(pwrite64);
    for (struct undo *one = unsynced; one; one = one->before) {
        int fd = open(one->path, O_RDWR | O_CLOEXEC);
        struct stat now;
        if (fd >= 0 && !fstat(fd, &now) && now.st_ino == one->ino && now.st_dev == one->dev) {
            if (one->length && real(fd, one->bytes, one->length, one->at) < 0) abort();
            if (ftruncate(fd, one->size)) abort();
        }
        if (fd >= 0) close(fd);
    }
    die();
}

static void remember(int fd, const char *path, off_t at, size_t length)
{
    struct stat now;
    if (fstat(fd, &now)) return;
    struct undo *one = malloc(sizeof *one + length);
    if (!one) abort();
    /* Through its own descriptor: closing another one would drop the locks that the program has on the file. Only one
     * that is open for writing alone (and so by nobody who locks it) is opened once more. */
    ssize_t old = pread(fd, one->bytes, length, at);
    int again = old < 0 && errno == EBADF ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (again >= 0) {
        old = pread(again, one->bytes, length, at);
        close(again);
    }
    one->before = unsynced;
    one->dev = now.st_dev;
    one->ino = now.st_ino;
    snprintf(one->path, sizeof one->path, "%s", path);
    one->at = at;
    one->size = now.st_size;
    one->length = old > 0 ? (size_t)old : 0;
    unsynced = one;
}

static void synced(int fd)
{
    struct stat now;
    if (fstat(fd, &now)) return;
    for (struct undo **place = &unsynced; *place;) {
        struct undo *one = *place;
        if (one->ino == now.st_ino && one->dev == now.st_dev) {
            *place = one->before;
            free(one);
        } else {
            place = &one->before;
        }
    }
}

/* Counts a call. What is to happen at it, or 0. */
static uint32_t at_call(const char *path, uint32_t op)
{
    if (!counts(path, op)) return 0;
    uint64_t number = ++control->count;
    if (number <= TRACED) control->trace[number - 1] = (uint8_t)op;
    uint32_t action = control->action;
    if (!action || number < control->at) return 0;
    if (action < FULL) {
        if (number > control->at) return 0;
    } else if (number > control->until) {
        return 0;
    } else if (action == FULL_HALF && number > control->at) {
        action = FULL; /* half of one write, and then nothing more */
    }
    if (!control->fired++) {
        size_t whole = strlen(path), tail = whole < sizeof control->where ? whole : sizeof control->where - 1;
        memcpy(control->where, path + whole - tail, tail);
    }
    if (action == DIE_BEFORE) die();
    if (action == POWER) lose_power();
    return action;
}

/* How much of a write still goes through; -1: no room. */
static ssize_t part(uint32_t action, size_t length)
{
    size_t half = length / 2;
    if (action == DIE_SECTOR) half = half / 512 * 512;
    if (action == FULL || (action == FULL_HALF && !half)) return -1;
    if (action == DIE_HALF || action == DIE_SECTOR || action == FULL_HALF) return (ssize_t)half;
    return (ssize_t)length;
}

/* One write to a watched file: `CALL` writes `n` bytes. */
#define WRITING(fd, length, where, CALL) \
    do { \
        char path[512]; \
        if (!control || !path_of(fd, path, sizeof path) || !is_below(path)) { \
            size_t n = length; \
            return CALL; \
        } \
        pthread_mutex_lock(&turn); \
        uint32_t action = at_call(path, OP_WRITE); \
        ssize_t goes = part(action, length); \
        ssize_t done = -1; \
        if (goes >= 0) { \
            remember(fd, path, where, (size_t)goes); \
            size_t n = (size_t)goes; \
            done = CALL; \
            if (action && action < FULL) die(); \
        } \
        pthread_mutex_unlock(&turn); \
        if (goes < 0) errno = ENOSPC; \
        return done; \
    } while (0)

static int is_socket(int fd)
{
    struct stat now;
    return !fstat(fd, &now) && S_ISSOCK(now.st_mode);
}

static off_t here(int fd)
{
    off_t at = lseek(fd, 0, SEEK_CUR);
    return at < 0 ? 0 : at;
}

/* An answer on a socket is counted, and the machine may die before or after it. */
#define ANSWERING(fd, CALL) \
    do { \
        pthread_mutex_lock(&turn); \
        uint32_t action = at_call("", OP_ANSWER); \
        ssize_t done = CALL; \
        if (action && action < FULL) die(); \
        pthread_mutex_unlock(&turn); \
        return done; \
    } while (0)

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at)
{
    REAL(pwrite64);
    WRITING(fd, length, at, real(fd, bytes, n, at));
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    REAL(write);
    if (control && is_socket(fd)) ANSWERING(fd, real(fd, bytes, length));
    WRITING(fd, length, here(fd), real(fd, bytes, n));
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    REAL(writev);
    if (control && is_socket(fd)) ANSWERING(fd, real(fd, parts, count));
    return real(fd, parts, count);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    REAL(send);
    if (control) ANSWERING(fd, real(fd, bytes, length, flags));
    return real(fd, bytes, length, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    REAL(sendmsg);
    if (control) ANSWERING(fd, real(fd, message, flags));
    return real(fd, message, flags);
}

/* Copies within the kernel go through the calls above: the caller falls back on them. */
ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *there, size_t length, unsigned flags)
{
    REAL(copy_file_range);
    if (!control) return real(from, at, to, there, length, flags);
    errno = ENOSYS;
    return -1;
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t length)
{
    static ssize_t (*real)(int, int, off64_t *, size_t);
    if (!real) real = (ssize_t(*)(int, int, off64_t *, size_t))dlsym(RTLD_NEXT, "sendfile64");
    if (!control) return real(to, from, at, length);
    errno = ENOSYS;
    return -1;
}

#define SYNCING(fd, CALL) \
    do { \
        char path[512]; \
        if (!control || !path_of(fd, path, sizeof path) || !is_below(path)) return CALL; \
        pthread_mutex_lock(&turn); \
        uint32_t action = at_call(path, OP_SYNC); \
        int done = -1; \
        if (action < FULL) { \
            done = CALL; \
            if (!done) synced(fd); \
            if (action) die(); \
        } else { \
            errno = ENOSPC; \
        } \
        int why = errno; \
        pthread_mutex_unlock(&turn); \
        errno = why; \
        return done; \
    } while (0)

int fsync(int fd)
{
    REAL(fsync);
    SYNCING(fd, real(fd));
}

int fdatasync(int fd)
{
    REAL(fdatasync);
    SYNCING(fd, real(fd));
}

int ftruncate64(int fd, off64_t length)
{
    REAL(ftruncate64);
    char path[512];
    struct stat now;
    if (!control || !path_of(fd, path, sizeof path) || !is_below(path) || fstat(fd, &now)) return real(fd, length);
    pthread_mutex_lock(&turn);
    uint32_t action = at_call(path, OP_TRUNCATE);
    int done = -1;
    if (action >= FULL && length > now.st_size) {
        errno = ENOSPC; /* only growing needs room */
    } else {
        if (length < now.st_size) remember(fd, path, length, (size_t)(now.st_size - length));
        else remember(fd, path, now.st_size, 0);
        done = real(fd, length);
        if (action && action < FULL) die();
    }
    int why = errno;
    pthread_mutex_unlock(&turn);
    errno = why;
    return done;
}

/* Names change at once and stay: only the moment of death is of interest. */
#define NAMING(path, CALL) \
    do { \
        if (!control || !is_below(path)) return CALL; \
        pthread_mutex_lock(&turn); \
        uint32_t action = at_call(path, OP_NAME); \
        int done = CALL; \
        if (action && action < FULL) die(); \
        int why = errno; \
        pthread_mutex_unlock(&turn); \
        errno = why; \
        return done; \
    } while (0)

/* What was written under the old name and not synced is lost under the new one. */
static int renamed(int done, const char *from, const char *to)
{
    for (struct undo *one = done ? NULL : unsynced; one; one = one->before)
        if (!strcmp(one->path, from)) snprintf(one->path, sizeof one->path, "%s", to);
    return done;
}

int rename(const char *from, const char *to)
{
    REAL(rename);
    NAMING(to, renamed(real(from, to), from, to));
}

int unlink(const char *path)
{
    REAL(unlink);
    NAMING(path, real(path));
}

int rmdir(const char *path)
{
    REAL(rmdir);
    NAMING(path, real(path));
}

/* A new file or folder needs room too. */
static int no_room_for(const char *path)
{
    if (!control || !is_below(path) || !access(path, F_OK)) return 0;
    pthread_mutex_lock(&turn);
    uint32_t action = at_call(path, OP_CREATE);
    if (action && action < FULL) die();
    pthread_mutex_unlock(&turn);
    if (action) errno = ENOSPC;
    return action != 0;
}

int mkdir(const char *path, mode_t mode)
{
    REAL(mkdir);
    if (no_room_for(path)) return -1;
    return real(path, mode);
}

#define OPENING(name) \
    int name(const char *path, int flags, ...) \
    { \
        REAL(name); \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0; \
        va_end(more); /* O_TMPFILE is used by none of ours */ \
        if ((flags & O_CREAT) && no_room_for(path)) return -1; \
        return real(path, flags, mode); \
    }

OPENING(open)
OPENING(open64)
