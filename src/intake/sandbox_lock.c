/* What a reader gives up before it sees the first byte: rlimits, Landlock (no file but the system's
 * data folders), seccomp (a short list of system calls; all else answers EPERM, so that a library
 * that merely asks goes on). */
#include "intake/sandbox_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

static bool limit(__rlimit_resource_t what, guint64 soft, guint64 hard)
{
    return setrlimit(what, &(struct rlimit){.rlim_cur = soft, .rlim_max = hard}) == 0;
}

static guint64 seconds_computed(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (guint64)now.tv_sec;
}

void sandbox_more_time(guint seconds)
{
    struct rlimit now;
    guint64 wanted = seconds_computed() + seconds;
    if (getrlimit(RLIMIT_CPU, &now) == 0 && wanted > now.rlim_cur && now.rlim_cur < now.rlim_max)
        limit(RLIMIT_CPU, MIN(wanted, now.rlim_max), now.rlim_max);
}

/* The watcher holds resident memory; this is the fence behind it, for a leap within one look. A
 * sanitizer's shadow reserves terabytes: there the watcher is alone. */
static bool limit_memory(const IntakeSandboxLimits *limits, guint64 length)
{
#ifdef SANITIZED
    return true;
#else
    unsigned long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    if (statm == NULL)
        return false;
    bool read = fscanf(statm, "%lu", &pages) == 1;
    fclose(statm);
    guint64 most = pages * (guint64)sysconf(_SC_PAGESIZE) + 2 * limits->memory_bytes + length;
    return read && limit(RLIMIT_AS, most, most);
#endif
}

/* Where fonts, language data, character sets and time zones lie. */
static const char *const FOLDERS[] = {"/usr/share",       "/usr/lib",   "/lib",
                                      "/lib64",           "/etc/fonts", "/var/cache/fontconfig",
                                      "/usr/local/share", "/dev/null"};

/* Landlock came with Linux 5.13 and may be off: then opening stays read-only by seccomp. */
static void lock_files(bool needs_files)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return;
    static const guint64 HANDLED[] = {0x1FFF, 0x3FFF, 0x7FFF, 0x7FFF, 0xFFFF}; /* by version */
    struct landlock_ruleset_attr attributes = {
        .handled_access_fs = HANDLED[MIN((gsize)version, G_N_ELEMENTS(HANDLED)) - 1]};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes,
                             sizeof attributes.handled_access_fs, 0);
    if (rules < 0)
        return;
    for (gsize i = 0; needs_files && i < G_N_ELEMENTS(FOLDERS); i++) {
        int folder = open(FOLDERS[i], O_PATH | O_CLOEXEC);
        if (folder < 0)
            continue;
        struct landlock_path_beneath_attr rule = {
            .allowed_access =
                LANDLOCK_ACCESS_FS_READ_FILE |
                (g_str_has_prefix(FOLDERS[i], "/dev") ? 0 : LANDLOCK_ACCESS_FS_READ_DIR),
            .parent_fd = folder};
        syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
        close(folder);
    }
    syscall(SYS_landlock_restrict_self, rules, 0);
    close(rules);
}

/* Memory, the pipe, the clock, its own end. */
static const int ALWAYS[] = {
    SCMP_SYS(read),          SCMP_SYS(write),        SCMP_SYS(writev),
    SCMP_SYS(readv),         SCMP_SYS(pread64),      SCMP_SYS(close),
    SCMP_SYS(lseek),         SCMP_SYS(fstat),        SCMP_SYS(munmap),
    SCMP_SYS(mremap),        SCMP_SYS(brk),          SCMP_SYS(madvise),
    SCMP_SYS(futex),         SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(sigaltstack),  SCMP_SYS(exit),
    SCMP_SYS(exit_group),    SCMP_SYS(getpid),       SCMP_SYS(gettid),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday),
    SCMP_SYS(time),          SCMP_SYS(getrandom),    SCMP_SYS(sched_yield),
    SCMP_SYS(getrusage),     SCMP_SYS(sysinfo),      SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getrlimit),     SCMP_SYS(uname),        SCMP_SYS(restart_syscall),
    SCMP_SYS(getuid),        SCMP_SYS(geteuid),      SCMP_SYS(getgid),
    SCMP_SYS(getegid),
};

static const int FILES[] = {
    SCMP_SYS(stat),       SCMP_SYS(lstat),      SCMP_SYS(newfstatat), SCMP_SYS(statx),
    SCMP_SYS(access),     SCMP_SYS(faccessat),  SCMP_SYS(faccessat2), SCMP_SYS(readlink),
    SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(statfs),     SCMP_SYS(fstatfs),
    SCMP_SYS(getcwd),     SCMP_SYS(fadvise64),  SCMP_SYS(fcntl),
};

static bool allow(scmp_filter_ctx filter, const int *calls, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
            return false;
    return true;
}

static bool allow_when(scmp_filter_ctx filter, int call, struct scmp_arg_cmp when)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, when) == 0;
}

static bool lock_calls(bool needs_files)
{
    const scmp_datum_t WRITES =
        O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL) {
        errno = ENOMEM;
        return false;
    }
    bool made =
        allow(filter, ALWAYS, G_N_ELEMENTS(ALWAYS)) &&
        /* abort() and raise() reach this process alone */
        allow_when(filter, SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())) &&
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2, SCMP_A0(SCMP_CMP_EQ, 0),
                         SCMP_A1(SCMP_CMP_EQ, RLIMIT_CPU)) == 0;
    if (made && needs_files) /* character sets are libraries that are loaded when first needed */
        made =
            allow(filter, FILES, G_N_ELEMENTS(FILES)) &&
            allow_when(filter, SCMP_SYS(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, WRITES, O_RDONLY)) &&
            allow_when(filter, SCMP_SYS(open), SCMP_A1(SCMP_CMP_MASKED_EQ, WRITES, O_RDONLY)) &&
            seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 0) == 0 &&
            seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 0) == 0;
    else if (made) /* nothing new becomes a program; fstat may be newfstatat of the open file */
        made = allow_when(filter, SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) &&
               allow_when(filter, SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) &&
               allow_when(filter, SCMP_SYS(newfstatat),
                          SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
    int loaded = made ? seccomp_load(filter) : -EINVAL;
    seccomp_release(filter);
    errno = -loaded;
    return loaded == 0;
}

bool sandbox_lock(const IntakeSandboxLimits *limits, guint64 length)
{
    return limit_memory(limits, length) && limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_FSIZE, 0, 0) &&
           limit(RLIMIT_NOFILE, 64, 64) && limit(RLIMIT_NPROC, 0, 0) &&
           limit(RLIMIT_CPU, MIN(limits->seconds_a_part, limits->seconds), limits->seconds + 1) &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           (lock_files(limits->needs_files), lock_calls(limits->needs_files));
}
