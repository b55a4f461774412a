/* What a reader waits for: pages of a made case, encrypted, served by `zenhar serve` in a process
 * of its own; one client for waits, four for requests a second, all on this machine. Prints
 * Markdown. ZENHAR_PROGRAM names the program; ZENHAR_BENCH_REPORTS how many reports (100,000);
 * ZENHAR_BENCH_REQUESTS how many requests the memory is watched over (100,000);
 * ZENHAR_BENCH_FOLDER keeps the case for another run. */
#include "base/folder.h"

#include <arpa/inet.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RUNS = 21, CLIENTS = 4, BYTES = 1 << 20 };

static const char *program, *folder;
static char *kase, *words;
static guint16 port;
static char cookie[512];

static void die(const char *what)
{
    fprintf(stderr, "bench_web: %s\n", what);
    exit(1);
}

static double now(void)
{
    return (double)g_get_monotonic_time() / 1e6;
}

/* ---- the case ---- */

static void run(const char *const *more)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_ptr_array_add(argv, (gpointer)program);
    for (; *more != NULL; more++)
        g_ptr_array_add(argv, (gpointer)*more);
    g_ptr_array_add(argv, NULL);
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)argv->pdata, NULL,
                      G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                      NULL, &status, NULL) ||
        (WIFEXITED(status) && WEXITSTATUS(status) > 1))
        die("the case could not be made");
}

static void make_case(const char *reports)
{
    g_autofree char *made = g_build_filename(folder, "made", NULL);
    g_autofree char *lists = g_build_filename(made, "reports", NULL);
    kase = g_build_filename(folder, "c.zenhar", NULL);
    words = g_build_filename(folder, "words", NULL);
    if (g_file_test(kase, G_FILE_TEST_IS_DIR))
        return;
    if (!g_file_set_contents(words, "a passphrase of the benchmark\n", -1, NULL))
        die("the folder cannot be written to");
    run((const char *const[]){"init", "--country", "ir", "--title", "A made case",
                              "--passphrase-file", words, kase, NULL});
    run((const char *const[]){"generate", reports, "--out", made, NULL});
    run((const char *const[]){"import", "--synthetic", lists, "--case", kase, "--passphrase-file",
                              words, NULL});
}

/* ---- the client ---- */

static int client_open(void)
{
    const int one = 1;
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        die("the server does not answer");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

/* One answer, head and body, ended by a NUL. The status. */
static int client_ask(int fd, const char *request, char *answer, gsize *ret_length)
{
    gsize length = 0, whole = 0;
    if (write(fd, request, strlen(request)) != (gssize)strlen(request))
        die("a request was not sent");
    while (whole == 0 || length < whole) {
        gssize n = read(fd, answer + length, BYTES - 1 - length);
        if (n <= 0)
            die("the server hung up");
        length += (gsize)n;
        answer[length] = '\0';
        const char *end = strstr(answer, "\r\n\r\n"), *size;
        if (whole == 0 && end != NULL) {
            size = strstr(answer, "Content-Length: ");
            whole = (gsize)(end + 4 - answer) +
                    (size != NULL ? (gsize)g_ascii_strtoull(size + 16, NULL, 10) : 0);
        }
    }
    *ret_length = length;
    return (int)g_ascii_strtoll(answer + strlen("HTTP/1.1 "), NULL, 10);
}

static char *get_request(const char *path)
{
    return g_strdup_printf("GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s\r\n", path, port, cookie);
}

static void log_in(const char *link)
{
    g_autofree char *answer = g_malloc(BYTES);
    const char *token = strstr(link, "token=");
    if (token == NULL)
        die("the server gave no link");
    g_autofree char *request =
        g_strdup_printf("POST /en/login HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Type: "
                        "application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
                        port, strlen(token), token);
    gsize length;
    int fd = client_open();
    client_ask(fd, request, answer, &length);
    close(fd);
    const char *set = strstr(answer, "Set-Cookie: ");
    if (set == NULL)
        die("the link did not let us in");
    set += strlen("Set-Cookie: ");
    g_snprintf(cookie, sizeof cookie, "Cookie: %.*s\r\n", (int)strcspn(set, ";\r"), set);
}

/* ---- the server ---- */

static GPid serve(void)
{
    const char *argv[] = {program, "serve", "--case", kase, "--passphrase-file", words, NULL};
    GPid pid;
    int out;
    if (!g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
                                  G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                                  NULL, &pid, NULL, &out, NULL, NULL))
        die("the server does not start");
    FILE *lines = fdopen(out, "r");
    char address[256], persian[512], english[512];
    if (lines == NULL || fgets(address, sizeof address, lines) == NULL ||
        fgets(persian, sizeof persian, lines) == NULL ||
        fgets(english, sizeof english, lines) == NULL)
        die("the server does not tell its address");
    port = (guint16)g_ascii_strtoull(strrchr(address, ':') + 1, NULL, 10);
    log_in(g_strchomp(english));
    return pid;
}

static gint64 resident_kb(GPid pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)pid), *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    const char *line = strstr(text, "VmRSS:");
    return line != NULL ? g_ascii_strtoll(line + 6, NULL, 10) : 0;
}

/* ---- waits ---- */

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The first time (its counts are not kept yet), then the median and the longest of RUNS. */
static void wait_for(int fd, const char *what, const char *path)
{
    g_autofree char *answer = g_malloc(BYTES), *request = get_request(path);
    double times[RUNS], first = 0;
    gsize length = 0;
    for (int i = -1; i < RUNS; i++) {
        const double from = now();
        const int status = client_ask(fd, request, answer, &length);
        if (status != 200) {
            fprintf(stderr, "bench_web: %s: %d\n", path, status);
            exit(1);
        }
        if (i < 0)
            first = now() - from;
        else
            times[i] = now() - from;
    }
    qsort(times, RUNS, sizeof times[0], by_size);
    printf("| %s | %.1f ms | %.1f ms | %.1f ms | %zu |\n", what, first * 1e3, times[RUNS / 2] * 1e3,
           times[RUNS - 1] * 1e3, length);
}

static gint64 newest_report(int fd)
{
    g_autofree char *answer = g_malloc(BYTES), *request = get_request("/en/reports");
    gsize length;
    client_ask(fd, request, answer, &length);
    const char *at = strstr(answer, "/en/reports/R");
    return at != NULL ? g_ascii_strtoll(at + strlen("/en/reports/R"), NULL, 10) : 1;
}

static void waits(int fd, gint64 newest)
{
    g_autofree char *deep =
        g_strdup_printf("/en/reports?older=R%" G_GINT64_FORMAT, MAX(newest / 4, 30));
    g_autofree char *report = g_strdup_printf("/en/reports/R%" G_GINT64_FORMAT, newest / 2);
    printf("| page | first | median | longest | bytes |\n|---|---|---|---|---|\n");
    wait_for(fd, "overview", "/en/");
    wait_for(fd, "list, page 1, with facets", "/en/reports");
    wait_for(fd, "list, three quarters down", deep);
    wait_for(fd, "search: تهران", "/en/reports?q=%D8%AA%D9%87%D8%B1%D8%A7%D9%86");
    wait_for(
        fd, "search: احضار* دادگاه",
        "/fa/reports?q=%D8%A7%D8%AD%D8%B6%D8%A7%D8%B1*%20%D8%AF%D8%A7%D8%AF%DA%AF%D8%A7%D9%87");
    wait_for(fd, "search: arrested", "/en/reports?q=arrested");
    wait_for(fd, "a kind, its facets", "/en/reports?kind=execution");
    wait_for(fd, "a month, its facets", "/fa/reports?from=1403-05&to=1403-05");
    wait_for(fd, "one report, its proof", report);
}

/* ---- requests a second ---- */

typedef struct {
    const char *path;
    guint n;
} Load;

static gpointer load_thread(gpointer data)
{
    const Load *load = data;
    g_autofree char *answer = g_malloc(BYTES), *request = get_request(load->path);
    gsize length;
    int fd = client_open();
    for (guint i = 0; i < load->n; i++)
        if (client_ask(fd, request, answer, &length) != 200)
            die("a request failed");
    close(fd);
    return NULL;
}

static double per_second(const char *path, guint n)
{
    GThread *threads[CLIENTS];
    const Load load = {path, n / CLIENTS};
    const double from = now();
    for (int i = 0; i < CLIENTS; i++)
        threads[i] = g_thread_new("client", load_thread, (gpointer)&load);
    for (int i = 0; i < CLIENTS; i++)
        g_thread_join(threads[i]);
    return load.n * CLIENTS / (now() - from);
}

static void throughput(GPid pid, gint64 newest, guint requests)
{
    g_autofree char *report = g_strdup_printf("/en/reports/R%" G_GINT64_FORMAT, newest / 2);
    double runs[3];
    for (int i = 0; i < 3; i++)
        runs[i] = per_second(report, 4000);
    printf("\nOne report with its proof, %d clients: %.0f, %.0f, %.0f requests a second; the list: "
           "%.0f.\n",
           CLIENTS, runs[0], runs[1], runs[2], per_second("/en/reports", 2000));
    const gint64 before = resident_kb(pid);
    per_second(report, requests / 2);
    const gint64 half = resident_kb(pid);
    per_second(report, requests / 2);
    printf("\nMemory of the server before %u requests, after half, after all: %.0f, %.0f, %.0f "
           "MB.\n",
           requests, (double)before / 1024, (double)half / 1024, (double)resident_kb(pid) / 1024);
}

int main(void)
{
    program = g_getenv("ZENHAR_PROGRAM");
    const char *reports = g_getenv("ZENHAR_BENCH_REPORTS"),
               *most = g_getenv("ZENHAR_BENCH_REQUESTS");
    folder = g_getenv("ZENHAR_BENCH_FOLDER");
    g_autofree char *own = folder == NULL ? g_dir_make_tmp("zenhar-web-XXXXXX", NULL) : NULL;
    if (program == NULL)
        die("ZENHAR_PROGRAM names the program; `make bench` sets it");
    if (folder == NULL)
        folder = own;
    make_case(reports != NULL ? reports : "100000");
    signal(SIGPIPE, SIG_IGN);
    GPid pid = serve();
    g_usleep(G_USEC_PER_SEC * 8); /* what is costly to count is drawn beside the requests */
    int fd = client_open();
    const gint64 newest = newest_report(fd);
    printf("Reports: %" G_GINT64_FORMAT ", encrypted.\n\n", newest);
    waits(fd, newest);
    close(fd);
    throughput(pid, newest, most != NULL ? (guint)g_ascii_strtoull(most, NULL, 10) : 100000);
    kill(pid, SIGTERM);
    g_spawn_close_pid(pid);
    if (own == NULL)
        return 0;
    g_autoptr(GFile) made = g_file_new_for_path(own);
    return folder_remove(made, NULL) ? 0 : 1;
}
