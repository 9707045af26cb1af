/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/crowd.h"
#include "core/clock.h"
#include "tests/lib/crowd_private.h"
#include "tests/lib/platform_private.h"
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- the platform's process ------------------------------------------------------------------- */

static size_t descriptors(const struct test_platform *platform)
{
    char path[64];
    size_t n = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)platform->pid);
    DIR *dir = test_must(opendir(path));
    while (readdir(dir))
        n++;
    closedir(dir);
    return n - 2;
}

/* Pages that are its own now, in KiB. */
static int64_t resident_kib(const struct test_platform *platform)
{
    char path[64], line[256];
    long long kib = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)platform->pid);
    FILE *file = test_must(fopen(path, "re"));
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "VmRSS: %lld", &kib) == 1)
            break;
    (void)fclose(file);
    return kib;
}

static int64_t cpu_ms(const struct test_platform *platform)
{
    char path[64], line[1024] = "";
    unsigned long long user = 0, system = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)platform->pid);
    FILE *file = test_must(fopen(path, "re"));
    (void)test_must(fgets(line, sizeof line, file));
    (void)fclose(file);
    const char *fields = strrchr(line, ')'); /* a name may hold anything */
    (void)sscanf(fields ? fields : line, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu",
                 &user, &system);
    return (int64_t)((user + system) * 1000 / (unsigned long long)sysconf(_SC_CLK_TCK));
}

/* --- before it begins ------------------------------------------------------------------------- */

static void log_in(struct crowd *crowd, const char *login, int64_t unit)
{
    struct login *l = &crowd->logins[crowd->login_count++];
    l->token = test_login(crowd->platform, login);
    l->unit = unit;
}

/* A unit with others below it sees their orders, too. */
static bool has_units_below(const cJSON *units, const char *name)
{
    const cJSON *unit;
    cJSON_ArrayForEach(unit, units)
    {
        if (strcmp(json_text(unit, "path_name", ""), name) == 0)
            return true;
    }
    return false;
}

/* The units that handle and have none below them, each with its account. */
static void log_all_in(struct crowd *crowd)
{
    static const char *const people[] = {"operator",   "dispatcher", "callback",
                                         "supervisor", "conference", "analyst"};
    size_t count = sizeof people / sizeof people[0];
    char name[32];
    crowd->logins = test_must(calloc(UNITS_MAX + count, sizeof *crowd->logins));
    for (size_t i = 0; i < count && i < crowd->options->accounts; i++)
        log_in(crowd, people[i], 0);
    struct test_reply units =
        test_get(crowd->platform, crowd->logins[0].token, "/units?limit=%d", UNITS_MAX);
    const cJSON *unit;
    const cJSON *items = cJSON_GetObjectItemCaseSensitive(units.json, "items");
    cJSON_ArrayForEach(unit, items)
    {
        int64_t id = json_int(unit, "id", 0);
        /* Those of the named accounts log in under another name; an office handles nothing. */
        if (id == 201 || id == 102 || id == 303 ||
            strcmp(json_text(unit, "kind", ""), "office") == 0 ||
            has_units_below(items, json_text(unit, "name", "")) ||
            crowd->login_count >= crowd->options->accounts)
            continue;
        (void)snprintf(name, sizeof name, "unit%" PRId64, id);
        log_in(crowd, name, id);
    }
    test_reply_free(&units);
    crowd->result.accounts = crowd->login_count;
}

int crowd_compare_deeds(const void *a, const void *b)
{
    int64_t x = ((const struct deed *)a)->order, y = ((const struct deed *)b)->order;
    return (x > y) - (x < y);
}

/* An appeal like one that the city has had. */
static struct test_reply take_appeal(struct crowd *crowd, const cJSON *like, size_t i)
{
    const char *category =
        json_text(cJSON_GetObjectItemCaseSensitive(like, "category"), "code", "010101");
    const char *region =
        json_text(cJSON_GetObjectItemCaseSensitive(like, "region"), "code", "420281003001");
    return test_post(crowd->platform, test_login(crowd->platform, "operator"), "/appeals",
                     "{\"channel\":\"hotline12345\",\"kind\":\"%s\",\"phone\":\"138%08zu\","
                     "\"region\":\"%s\",\"place_text\":\"%s\",\"category\":\"%s\","
                     "\"words\":\"%s\",\"next\":\"dispatch\"}",
                     json_text(like, "kind", "complaint"), i, region,
                     json_text(like, "place", "湖滨社区"), category,
                     json_text(like, "title", "小区停水，请尽快恢复供水"));
}

/* To which the `i`-th order goes. */
static int64_t unit_of(const struct crowd *crowd, size_t i)
{
    size_t units = 0;
    for (size_t k = 0; k < crowd->login_count; k++)
        units += crowd->logins[k].unit != 0;
    size_t wanted = units ? i % units : 0;
    for (size_t k = 0; k < crowd->login_count && units; k++)
        if (crowd->logins[k].unit && wanted-- == 0)
            return crowd->logins[k].unit;
    return 201;
}

static void make_orders(struct crowd *crowd)
{
    size_t n = crowd->options->changes;
    crowd->deeds = test_must(calloc(n, sizeof *crowd->deeds));
    struct test_reply city = test_get(crowd->platform, test_login(crowd->platform, "supervisor"),
                                      "/orders?view=all&limit=200");
    const cJSON *rows = cJSON_GetObjectItemCaseSensitive(city.json, "items");
    int count = cJSON_GetArraySize(rows);
    for (size_t i = 0; i < n; i++) {
        const cJSON *like = count ? cJSON_GetArrayItem(rows, (int)(i % (size_t)count)) : NULL;
        struct test_reply reply = take_appeal(crowd, like, i);
        if (reply.status != 201)
            test_die(crowd->platform, "no appeal is taken: %d %s", reply.status, reply.text);
        crowd->deeds[i] = (struct deed){.order = json_int(reply.json, "id", 0),
                                        .version = json_int(reply.json, "version", 0),
                                        .unit = unit_of(crowd, i)};
        test_reply_free(&reply);
    }
    test_reply_free(&city);
    qsort(crowd->deeds, n, sizeof *crowd->deeds, crowd_compare_deeds);
    for (size_t i = 0; i < crowd->login_count; i++)
        crowd->logins[i].cursor = test_cursor(crowd->platform, crowd->logins[i].token);
}

static void raise_limit(size_t wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void send_all(struct crowd *crowd, int fd, const char *text, size_t n)
{
    for (size_t sent = 0; sent < n;) {
        ssize_t part = send(fd, text + sent, n - sent, MSG_NOSIGNAL);
        if (part <= 0)
            test_die(crowd->platform, "the platform takes no request: %s", strerror(errno));
        sent += (size_t)part;
    }
}

static void listen_to(struct crowd *crowd, int fd, uint64_t who)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = who};
    int one = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (epoll_ctl(crowd->epoll_fd, EPOLL_CTL_ADD, fd, &event))
        test_die(crowd->platform, "epoll: %s", strerror(errno));
}

static void open_watcher(struct crowd *crowd, size_t i)
{
    struct watcher *w = &crowd->watchers[i];
    char coding[32] = "";
    if (crowd->options->coding != FRAME_PLAIN)
        (void)snprintf(coding, sizeof coding, "&zstd=%u",
                       crowd->options->coding == FRAME_ZSTD ? 0 : frame_dictionary());
    w->login = &crowd->logins[i % crowd->login_count];
    w->told = test_must(calloc(crowd->options->changes, 1));
    w->fd = test_platform_dial(crowd->platform);
    char *request = test_text("GET /api/v1/changes?cursor=%s%s HTTP/1.1\r\nHost: h\r\n"
                              "Authorization: Bearer %s\r\n\r\n",
                              w->login->cursor, coding, w->login->token);
    send_all(crowd, w->fd, request, strlen(request));
    free(request);
    listen_to(crowd, w->fd, HANDS + i);
}

/* --- what is done ----------------------------------------------------------------------------- */

static void begin_deed(struct crowd *crowd, struct hand *hand)
{
    hand->deed = &crowd->deeds[crowd->begun++];
    char *body = test_text("{\"unit\":%" PRId64 "}", hand->deed->unit);
    char *request =
        test_text("POST /api/v1/orders/%" PRId64 "/actions/dispatch HTTP/1.1\r\nHost: h\r\n"
                  "Authorization: Bearer %s\r\nIdempotency-Key: crowd-%" PRId64 "-%d\r\n"
                  "If-Match: %" PRId64 "\r\nContent-Type: application/json\r\n"
                  "Content-Length: %zu\r\n\r\n%s",
                  hand->deed->order, test_login(crowd->platform, "dispatcher"), hand->deed->order,
                  (int)getpid(), hand->deed->version, strlen(body), body);
    buf_clear(&hand->reply);
    send_all(crowd, hand->fd, request, strlen(request));
    free(request);
    free(body);
}

static void hear_hand(struct crowd *crowd, struct hand *hand)
{
    char bytes[16 * 1024];
    ssize_t n = recv(hand->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n <= 0)
        test_die(crowd->platform, "the platform closed a connection");
    buf_add(&hand->reply, bytes, (size_t)n);
    const char *end = strstr(hand->reply.data, "\r\n\r\n");
    const char *length = strcasestr(hand->reply.data, "\r\nContent-Length:");
    if (!end || !length ||
        hand->reply.length < (size_t)(end + 4 - hand->reply.data) + strtoull(length + 17, NULL, 10))
        return;
    if (strncmp(hand->reply.data, "HTTP/1.1 200", 12) != 0)
        test_die(crowd->platform, "an order is not dispatched: %s", hand->reply.data);
    hand->deed->answered_at = clock_ticks_ms();
    hand->deed = NULL;
    crowd->answered++;
}

static void hear_all(struct crowd *crowd, int wait_ms)
{
    struct epoll_event events[256];
    int n = epoll_wait(crowd->epoll_fd, events, 256, wait_ms);
    for (int i = 0; i < n; i++) {
        uint64_t who = events[i].data.u64;
        if (who < HANDS)
            hear_hand(crowd, &crowd->hands[who]);
        else
            crowd_hear(crowd, &crowd->watchers[who - HANDS]);
    }
}

static bool all_headed(const struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->options->watchers; i++)
        if (!crowd->watchers[i].headed)
            return false;
    return true;
}

static void let_in(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->options->watchers; i++)
        open_watcher(crowd, i);
    int64_t end = test_deadline(0);
    while (!all_headed(crowd) && clock_ticks_ms() < end)
        hear_all(crowd, 10);
    /* One round of the platform, in which the audiences are counted. */
    end = clock_ticks_ms() + 600;
    while (clock_ticks_ms() < end)
        hear_all(crowd, 10);
}

static size_t count_expected(const struct crowd *crowd)
{
    size_t n = 0;
    for (size_t i = 0; i < crowd->options->watchers; i++)
        for (size_t d = 0; d < crowd->options->changes; d++)
            n += crowd->watchers[i].login->unit == 0 ||
                 crowd->watchers[i].login->unit == crowd->deeds[d].unit;
    return n;
}

static void change_orders(struct crowd *crowd)
{
    size_t n = crowd->options->changes;
    int64_t from = clock_ticks_ms(),
            end = test_deadline(0) + (int64_t)(n * 1000 / crowd->options->rate);
    crowd->expected = count_expected(crowd);
    while ((crowd->answered < n || crowd->heard < crowd->expected) && clock_ticks_ms() < end) {
        size_t due = (size_t)(clock_ticks_ms() - from) * crowd->options->rate / 1000 + 1;
        for (int i = 0; i < HANDS; i++)
            if (!crowd->hands[i].deed && crowd->begun < n && crowd->begun < due)
                begin_deed(crowd, &crowd->hands[i]);
        hear_all(crowd, 2);
    }
    crowd->result.run_ms = clock_ticks_ms() - from;
}

/* --- after it --------------------------------------------------------------------------------- */

static int64_t percentile(const struct crowd *crowd, double share)
{
    size_t wanted = (size_t)((double)crowd->heard * share), seen = 0;
    int64_t ms = 0;
    while (ms + 1 < DELAYS_MAX && (seen += crowd->delays[ms]) < wanted)
        ms++;
    return ms;
}

static void sum_up(struct crowd *crowd)
{
    struct crowd_result *r = &crowd->result;
    r->told = crowd->heard;
    r->missed = crowd->expected - crowd->heard;
    r->p50_ms = percentile(crowd, 0.5);
    r->p99_ms = percentile(crowd, 0.99);
    r->max_ms = percentile(crowd, 1.0);
}

/* All of them vanish without a word. */
static void vanish(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->options->watchers; i++) {
        struct linger reset = {.l_onoff = i % 2, .l_linger = 0};
        (void)setsockopt(crowd->watchers[i].fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        (void)close(crowd->watchers[i].fd);
    }
    for (int i = 0; i < HANDS; i++)
        (void)close(crowd->hands[i].fd);
    int64_t from = clock_ticks_ms(), end = test_deadline(0);
    while ((crowd->result.descriptors_after = descriptors(crowd->platform)) >
               crowd->result.descriptors_before &&
           test_look_again(end))
        ;
    crowd->result.gone_ms = clock_ticks_ms() - from;
}

static void crowd_free(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->options->watchers; i++) {
        buf_free(&crowd->watchers[i].raw);
        buf_free(&crowd->watchers[i].stream);
        free(crowd->watchers[i].told);
    }
    for (size_t i = 0; i < KNOWN_PAYLOADS; i++) {
        free(crowd->known[i].bytes);
        free(crowd->known[i].deeds);
    }
    for (size_t i = 0; i < crowd->login_count; i++)
        free(crowd->logins[i].cursor);
    for (int i = 0; i < HANDS; i++)
        buf_free(&crowd->hands[i].reply);
    frame_reader_free(crowd->reader);
    (void)close(crowd->epoll_fd);
    free(crowd->watchers);
    free(crowd->logins);
    free(crowd->deeds);
    free(crowd->delays);
}

struct crowd_result crowd_run(struct test_platform *platform, const struct crowd_options *options)
{
    struct crowd crowd = {.platform = platform,
                          .options = options,
                          .epoll_fd = epoll_create1(EPOLL_CLOEXEC),
                          .reader = test_must(frame_reader_new()),
                          .delays = test_must(calloc(DELAYS_MAX, sizeof(size_t))),
                          .watchers = test_must(calloc(options->watchers, sizeof(struct watcher)))};
    raise_limit(options->watchers + 256);
    log_all_in(&crowd);
    (void)test_login(platform, "dispatcher");
    make_orders(&crowd);
    crowd.result.descriptors_before = descriptors(platform);
    for (int i = 0; i < HANDS; i++) {
        crowd.hands[i].fd = test_platform_dial(platform);
        listen_to(&crowd, crowd.hands[i].fd, (uint64_t)i);
    }
    crowd.result.rss_before_kib = resident_kib(platform);
    let_in(&crowd);
    crowd.result.descriptors_with = descriptors(platform);
    crowd.result.bytes = crowd.result.frames = crowd.result.rows = 0;
    int64_t cpu_from = cpu_ms(platform);
    change_orders(&crowd);
    crowd.result.cpu_ms = cpu_ms(platform) - cpu_from;
    crowd.result.rss_after_kib = resident_kib(platform);
    sum_up(&crowd);
    vanish(&crowd);
    crowd_free(&crowd);
    return crowd.result;
}
