/* A machine whose clock can be set while it runs: preloaded under a program, it adds to the wall clock what stands in
 * the file DOORSTEP_CLOCK_FILE (milliseconds, signed, 64 bits, this machine's own order of bytes). Clocks that only
 * measure how long something took stay as they are, as on a real machine. Linux only. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *ahead_ms;

__attribute__((constructor)) static void begin(void) {
    const char *file = getenv("DOORSTEP_CLOCK_FILE");
    int descriptor = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    if (descriptor < 0) return;
    void *at = mmap(NULL, sizeof *ahead_ms, PROT_READ, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (at != MAP_FAILED) ahead_ms = at;
}

int clock_gettime(clockid_t which, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int said = real(which, at);
    /* Whole seconds: nobody sets a clock by less. */
    if (said == 0 && which == CLOCK_REALTIME && ahead_ms) at->tv_sec += *ahead_ms / 1000;
    return said;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    (void)zone;
    struct timespec now;
    int said = clock_gettime(CLOCK_REALTIME, &now);
    if (at) {
        at->tv_sec = now.tv_sec;
        at->tv_usec = now.tv_nsec / 1000;
    }
    return said;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
