/* Calls of the C library on files below given folders, counted, failed, torn, recorded, or the last ones made.
 *
 * Loaded before all else (LD_PRELOAD), below Python and below SQLite. What it does is said in a file both sides
 * map (FAULTS_STATE): slots of 64 bits, then the folders (joined by ':'), then the path of the log.
 * Linux only. Layout and numbers are those of faults.py.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MODE, CALLS, AT, ERRNO, ON, TORN, AFTER, COUNT, MET, QUOTA, RECORD, REFUSED, SLOTS = 32 };
enum { OFF, COUNTING, FAILING, KILLING };
enum { OPEN = 1, WRITE = 2, SYNC = 4, RENAME = 8, UNLINK = 16, TRUNCATE = 32, READ = 64 };
enum { R_CREATE = 1, R_WRITE, R_TRUNCATE, R_SYNC, R_SYNC_FOLDER, R_RENAME, R_UNLINK, R_MARK };

struct state {
    int64_t slot[SLOTS];
    char under[4096];
    char log[1024];
};

static struct state *state;
static char watched[65536];
static pthread_mutex_t logging = PTHREAD_MUTEX_INITIALIZER;


/* From here on what is said in this file counts: a process that was forked asks for one of its own. */
void faults_attach(const char *path) {
    int fd = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0) return;
    void *at = mmap(NULL, sizeof(struct state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (at != MAP_FAILED) state = at;
}

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("FAULTS_STATE");
    if (path) faults_attach(path);
}

static int64_t slot(int number) { return __atomic_load_n(&state->slot[number], __ATOMIC_SEQ_CST); }

/* Whether a path lies in one of the folders; the absolute path goes to `full`. */
static int is_under(int folder, const char *path, char *full) {
    if (!state || !path || !state->under[0]) return 0;
    if (path[0] == '/') {
        snprintf(full, PATH_MAX, "%s", path);
    } else {
        char link[64], base[PATH_MAX];
        if (folder == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
        else snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t n = readlink(link, base, sizeof base - 1);
        if (n < 0) return 0;
        base[n] = 0;
        if ((size_t)n + strlen(path) + 2 > PATH_MAX) return 0;
        memcpy(full, base, n);
        full[n] = '/';
        strcpy(full + n + 1, path);
    }
    for (const char *from = state->under; *from;) {
        size_t length = strcspn(from, ":");
        if (length && !strncmp(full, from, length) && (full[length] == '/' || !full[length])) return 1;
        from += length + (from[length] == ':');
    }
    return 0;
}

static int is_watched(int fd) { return state && fd >= 0 && fd < (int)sizeof watched && watched[fd]; }

static void die(void) {
    for (;;) {
        syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
        syscall(SYS_pause);
    }
}

/* Counts a call. 1: it is to fail. 2: the process dies before it. 3: it dies after it. 0: it goes on. */
static int met(int call) {
    if (!state || slot(MODE) == OFF || !(slot(CALLS) & call)) return 0;
    int64_t n = __atomic_add_fetch(&state->slot[COUNT], 1, __ATOMIC_SEQ_CST);
    int64_t mode = slot(MODE);
    if (mode == COUNTING || n < slot(AT) || (n > slot(AT) && !slot(ON))) return 0;
    __atomic_add_fetch(&state->slot[MET], 1, __ATOMIC_SEQ_CST);
    if (mode == FAILING) {
        errno = (int)slot(ERRNO);
        return 1;
    }
    return slot(AFTER) ? 3 : 2;
}

#define AROUND(call, act) \
    do { \
        int what_ = met(call); \
        if (what_ == 1) return -1; \
        if (what_ == 2) die(); \
        act; \
        if (what_ == 3) die(); \
    } while (0)

/* -- the log: kind, inode, offset, length, two strings of bytes */

static void append(const void *data, size_t size, int fd) {
    const char *at = data;
    while (size) {
        long n = syscall(SYS_write, fd, at, size);
        if (n <= 0) return;
        at += n;
        size -= n;
    }
}

static void note(int kind, int64_t inode, int64_t a, int64_t b, const void *one, size_t n1, const void *two, size_t n2) {
    static int fd = -1;
    static pid_t owner;
    int kept = errno;
    pthread_mutex_lock(&logging);
    if (fd < 0 || owner != getpid()) {
        fd = syscall(SYS_openat, AT_FDCWD, state->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        owner = getpid();
        if (fd >= 0 && fd < 900) {
            int high = syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 900);
            if (high >= 0) {
                syscall(SYS_close, fd);
                fd = high;
            }
        }
    }
    int64_t head[6] = {kind, inode, a, b, (int64_t)n1, (int64_t)n2};
    append(head, sizeof head, fd);
    append(one, n1, fd);
    append(two, n2, fd);
    pthread_mutex_unlock(&logging);
    errno = kept;
}

static int recording(void) { return state && slot(RECORD); }

static int64_t inode_of(int fd) {
    struct stat s;
    return fstat(fd, &s) ? 0 : (int64_t)s.st_ino;
}

static int64_t size_of(int fd) {
    struct stat s;
    return fstat(fd, &s) ? 0 : (int64_t)s.st_size;
}

void faults_mark(const char *text) {
    if (recording()) note(R_MARK, 0, 0, 0, text, strlen(text), "", 0);
}

/* -- opening and closing */

static int opened(int folder, const char *path, int flags, mode_t mode) {
    char full[PATH_MAX];
    int mine = is_under(folder, path, full);
    int was = 1;
    if (mine && recording() && (flags & O_CREAT)) {
        struct stat s;
        int kept = errno;
        was = stat(full, &s) == 0;
        errno = kept;
    }
    int fd = -1;
    if (mine) {
        AROUND(OPEN, fd = syscall(SYS_openat, folder, path, flags, mode));
    } else {
        fd = syscall(SYS_openat, folder, path, flags, mode);
    }
    if (fd < 0) return fd;
    if (fd < (int)sizeof watched) {
        struct stat s;
        watched[fd] = mine ? (fstat(fd, &s) == 0 && S_ISDIR(s.st_mode) ? 2 : 1) : 0;
    }
    if (mine && recording()) {
        if (!was) note(R_CREATE, inode_of(fd), 0, 0, full, strlen(full), "", 0);
        if (flags & O_TRUNC) note(R_TRUNCATE, inode_of(fd), 0, 0, "", 0, "", 0);
    }
    return fd;
}

#define MODE_OF(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { \
        va_list more; \
        va_start(more, flags); \
        mode = va_arg(more, mode_t); \
        va_end(more); \
    }

int open(const char *path, int flags, ...) {
    MODE_OF(flags);
    return opened(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    MODE_OF(flags);
    return opened(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char *path, int flags, ...) {
    MODE_OF(flags);
    return opened(folder, path, flags, mode);
}
int openat64(int folder, const char *path, int flags, ...) {
    MODE_OF(flags);
    return opened(folder, path, flags, mode);
}

int close(int fd) {
    if (fd >= 0 && fd < (int)sizeof watched) watched[fd] = 0;
    return syscall(SYS_close, fd);
}

int mkdir(const char *path, mode_t mode) {
    char full[PATH_MAX];
    int done;
    if (!is_under(AT_FDCWD, path, full)) return syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    AROUND(OPEN, done = syscall(SYS_mkdirat, AT_FDCWD, path, mode));
    return done;
}

/* -- writing */

/* How much of a write fits under the quota; takes it from what is left. -1: nothing. */
static ssize_t granted(int fd, int64_t offset, size_t size) {
    if (slot(QUOTA) < 0) return size;
    int64_t growth = offset + (int64_t)size - size_of(fd);
    if (growth <= 0) return size;
    int64_t left = slot(QUOTA);
    if (growth > left) {
        int64_t fits = (int64_t)size - growth + left;
        __atomic_add_fetch(&state->slot[REFUSED], 1, __ATOMIC_SEQ_CST);
        if (fits <= 0) {
            errno = ENOSPC;
            return -1;
        }
        __atomic_store_n(&state->slot[QUOTA], 0, __ATOMIC_SEQ_CST);
        return fits;
    }
    __atomic_sub_fetch(&state->slot[QUOTA], growth, __ATOMIC_SEQ_CST);
    return size;
}

static void freed(int64_t bytes) {
    if (state && slot(QUOTA) >= 0) __atomic_add_fetch(&state->slot[QUOTA], bytes, __ATOMIC_SEQ_CST);
}

static ssize_t put(int fd, const void *data, size_t size, int64_t offset, int placed) {
    if (placed) return syscall(SYS_pwrite64, fd, data, size, offset);
    return syscall(SYS_write, fd, data, size);
}

static ssize_t written(int fd, const void *data, size_t size, int64_t offset, int placed) {
    if (!is_watched(fd)) return put(fd, data, size, offset, placed);
    int64_t where = offset;
    if (!placed) where = fcntl(fd, F_GETFL) & O_APPEND ? size_of(fd) : lseek(fd, 0, SEEK_CUR);
    int what = met(WRITE);
    if ((what == 1 || what == 2) && slot(TORN)) {
        int kept = errno;
        size_t part = size / 2 / 512 * 512;
        if (part) put(fd, data, part, offset, placed);
        errno = kept;
    }
    if (what == 1) return -1;
    if (what == 2) die();
    ssize_t fits = granted(fd, where, size);
    if (fits < 0) return -1;
    ssize_t done = put(fd, data, fits, offset, placed);
    if (done > 0 && recording()) note(R_WRITE, inode_of(fd), where, done, data, done, "", 0);
    if (what == 3) die();
    return done;
}

ssize_t write(int fd, const void *data, size_t size) { return written(fd, data, size, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return written(fd, data, size, at, 1); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { return written(fd, data, size, at, 1); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (!is_watched(fd)) return syscall(SYS_writev, fd, parts, count);
    ssize_t all = 0;
    for (int n = 0; n < count; n++) {
        ssize_t done = written(fd, parts[n].iov_base, parts[n].iov_len, 0, 0);
        if (done < 0) return all ? all : -1;
        all += done;
        if ((size_t)done < parts[n].iov_len) break;
    }
    return all;
}

static int cut(int fd, int64_t length) {
    if (!is_watched(fd)) return syscall(SYS_ftruncate, fd, length);
    int64_t before = size_of(fd);
    int done;
    AROUND(TRUNCATE, done = syscall(SYS_ftruncate, fd, length));
    if (!done && length < before) freed(before - length);
    if (!done && recording()) note(R_TRUNCATE, inode_of(fd), length, 0, "", 0, "", 0);
    return done;
}
int ftruncate(int fd, off_t length) { return cut(fd, length); }
int ftruncate64(int fd, off64_t length) { return cut(fd, length); }

/* whoever asks for room ahead is told this disk can't, and writes instead */
int fallocate(int fd, int mode, off_t at, off_t size) {
    if (is_watched(fd)) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return syscall(SYS_fallocate, fd, mode, at, size);
}
int fallocate64(int fd, int mode, off64_t at, off64_t size) { return fallocate(fd, mode, at, size); }

/* -- what makes it last */

static int synced(int fd, long number) {
    if (!is_watched(fd)) return syscall(number, fd);
    int done;
    AROUND(SYNC, done = syscall(number, fd));
    if (!done && recording()) {
        if (watched[fd] == 2) {
            char link[64], path[PATH_MAX];
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            ssize_t n = readlink(link, path, sizeof path);
            if (n > 0) note(R_SYNC_FOLDER, 0, 0, 0, path, n, "", 0);
        } else {
            note(R_SYNC, inode_of(fd), 0, 0, "", 0, "", 0);
        }
    }
    return done;
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

/* -- names */

static int64_t bytes_behind(const char *path) {
    struct stat s;
    int kept = errno;
    int64_t size = !stat(path, &s) && S_ISREG(s.st_mode) && s.st_nlink == 1 ? s.st_size : 0;
    errno = kept;
    return size;
}

static int renamed(int from_folder, const char *from, int to_folder, const char *to) {
    char one[PATH_MAX], two[PATH_MAX];
    int mine = is_under(from_folder, from, one) & is_under(to_folder, to, two);
    int done;
    if (!mine) return syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
    int64_t before = bytes_behind(two);
    AROUND(RENAME, done = syscall(SYS_renameat2, from_folder, from, to_folder, to, 0));
    if (!done) freed(before);
    if (!done && recording()) note(R_RENAME, 0, 0, 0, one, strlen(one), two, strlen(two));
    return done;
}
int rename(const char *from, const char *to) { return renamed(AT_FDCWD, from, AT_FDCWD, to); }
int renameat(int a, const char *from, int b, const char *to) { return renamed(a, from, b, to); }

static int removed(int folder, const char *path, int flags) {
    char full[PATH_MAX];
    int done;
    if (!is_under(folder, path, full)) return syscall(SYS_unlinkat, folder, path, flags);
    int64_t before = bytes_behind(full);
    AROUND(UNLINK, done = syscall(SYS_unlinkat, folder, path, flags));
    if (!done) freed(before);
    if (!done && recording()) note(R_UNLINK, 0, 0, 0, full, strlen(full), "", 0);
    return done;
}
int unlink(const char *path) { return removed(AT_FDCWD, path, 0); }
int unlinkat(int folder, const char *path, int flags) { return removed(folder, path, flags); }

/* -- reading */

static ssize_t taken(int fd, void *data, size_t size, int64_t offset, int placed) {
    ssize_t done;
    int what = is_watched(fd) ? met(READ) : 0;
    if (what == 1) return -1;
    if (what == 2) die();
    done = placed ? syscall(SYS_pread64, fd, data, size, offset) : syscall(SYS_read, fd, data, size);
    if (what == 3) die();
    return done;
}
ssize_t read(int fd, void *data, size_t size) { return taken(fd, data, size, 0, 0); }
ssize_t pread(int fd, void *data, size_t size, off_t at) { return taken(fd, data, size, at, 1); }
ssize_t pread64(int fd, void *data, size_t size, off64_t at) { return taken(fd, data, size, at, 1); }
