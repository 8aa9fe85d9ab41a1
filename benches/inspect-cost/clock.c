/* A clock that each look moves on by 100 ns, whatever the time is: so a program does the same under
 * a tool that slows it down, and as often. `measure` preloads it. */
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *time) {
    static long now = 1000000000L;
    long ns = __atomic_add_fetch(&now, 100, __ATOMIC_RELAXED);
    (void)clock;
    time->tv_sec = ns / 1000000000L;
    time->tv_nsec = ns % 1000000000L;
    return 0;
}
