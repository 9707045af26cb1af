/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The platform over HTTPS: what works over HTTP works here, certificates change while it runs, and
 * nothing goes over the network in the clear by mistake. */
#include "platform/store/store.h"
#include "tests/lib/certificates.h"
#include "tests/lib/platform.h"
#include "tests/lib/wire.h"
#include <curl/curl.h>
#include <dirent.h>
#include <inttypes.h>
#include <signal.h>

static struct test_platform *platform;
static char *directory;

static char *path_in(const char *name)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
    return path;
}

static int setup(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    directory = test_directory();
    test_authority_make(directory, "ca");
    test_certificate_make(directory, "ca", "server", "IP:127.0.0.1", NULL);
    char *ca = path_in("ca.pem"), *certificate = path_in("server.pem"),
         *key = path_in("server.key");
    const char *const arguments[] = {"--certificate", certificate, "--key", key, NULL};
    platform = test_platform_start_with(
        &(struct test_platform_options){.ca_file = ca, .arguments = arguments});
    free(ca);
    free(certificate);
    free(key);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    bool good = test_platform_stop(platform);
    free(directory);
    return good ? 0 : -1;
}

#define APPEAL                                                                                     \
    "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"phone\":\"13800001111\","              \
    "\"region\":\"420281003001\",\"category\":\"010101\",\"words\":\"小区停水三天\","        \
    "\"next\":\"dispatch\"}"

/* --- bytes over TLS --------------------------------------------------------------------------- */

static CURL *secure_new(const char *ca)
{
    CURL *curl = curl_easy_init();
    assert_non_null(curl);
    (void)curl_easy_setopt(curl, CURLOPT_URL, platform->url);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CAINFO, ca ? ca : platform->ca_file);
    (void)curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    return curl;
}

static CURL *secure_dial(void)
{
    CURL *curl = secure_new(NULL);
    assert_int_equal(curl_easy_perform(curl), CURLE_OK);
    return curl;
}

static void secure_wait(CURL *curl, short events)
{
    curl_socket_t fd;
    assert_int_equal(curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &fd), CURLE_OK);
    struct pollfd p = {.fd = fd, .events = events};
    assert_int_equal(poll(&p, 1, WIRE_LIMIT_MS), 1);
}

static void secure_say(CURL *curl, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        size_t sent = 0;
        CURLcode code = curl_easy_send(curl, text, left, &sent);
        if (code == CURLE_AGAIN)
            secure_wait(curl, POLLOUT);
        else
            assert_int_equal(code, CURLE_OK);
        text += sent;
        left -= sent;
    }
}

/* 0 when the other side closed. */
static size_t secure_hear(CURL *curl, char *bytes, size_t n)
{
    size_t got = 0;
    CURLcode code;
    while ((code = curl_easy_recv(curl, bytes, n, &got)) == CURLE_AGAIN)
        secure_wait(curl, POLLIN);
    return code == CURLE_OK ? got : 0;
}

static struct reply secure_reply(CURL *curl, bool head_only)
{
    struct reply reply = {.status = 0};
    char c;
    while (!reply.head.data || !strstr(reply.head.data, "\r\n\r\n")) {
        assert_int_equal(secure_hear(curl, &c, 1), 1);
        buf_add_char(&reply.head, c);
    }
    (void)sscanf(reply.head.data, "HTTP/1.1 %d", &reply.status);
    long length = head_only ? 0 : strtol(reply_header(&reply, "Content-Length"), NULL, 10);
    while (reply.body.length < (size_t)length) {
        assert_int_equal(secure_hear(curl, &c, 1), 1);
        buf_add_char(&reply.body, c);
    }
    return reply;
}

static void what_works_in_the_clear_works_over_tls(void **state)
{
    (void)state;
    const char *operator= test_login(platform, "operator");
    const char *dispatcher = test_login(platform, "dispatcher");
    struct test_reply order = test_post(platform, operator, "/appeals", APPEAL);
    assert_int_equal(order.status, 201);
    struct test_reply list = test_get(platform, dispatcher, "/orders?view=dispatch");
    assert_int_equal(list.status, 200);
    assert_non_null(strstr(list.text, json_text(order.json, "number", "?")));
    test_reply_free(&list);
    test_reply_free(&order);
}

static void requests_that_come_in_one_record_are_all_answered(void **state)
{
    (void)state;
    const char *token = test_login(platform, "operator");
    struct buf text = BUF_EMPTY;
    /* The write suspends the connection while the rest waits inside TLS, where no descriptor shows
     * it. */
    for (int i = 0; i < 5; i++)
        buf_printf(&text,
                   "POST /api/v1/appeals HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                   "Authorization: Bearer %s\r\nIdempotency-Key: tls-%d\r\nContent-Length: %zu\r\n"
                   "\r\n%sGET /api/v1/me HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\n\r\n",
                   token, i, strlen(APPEAL), APPEAL, token);
    CURL *curl = secure_dial();
    secure_say(curl, text.data);
    for (int i = 0; i < 10; i++) {
        struct reply reply = secure_reply(curl, false);
        assert_int_equal(reply.status, i % 2 ? 200 : 201);
        reply_free(&reply);
    }
    /* And the connection goes on. */
    secure_say(curl, "GET /api/v1/health HTTP/1.1\r\nHost: h\r\n\r\n");
    struct reply reply = secure_reply(curl, false);
    assert_int_equal(reply.status, 200);
    reply_free(&reply);
    curl_easy_cleanup(curl);
    buf_free(&text);
}

static void a_large_body_and_a_large_answer_come_whole(void **state)
{
    (void)state;
    const char *token = test_login(platform, "dispatcher");
    struct test_reply reply = test_get(platform, token, "/addresses/complete?q=%s&limit=50", "湖");
    assert_int_equal(reply.status, 200);
    test_reply_free(&reply);
    reply = test_get(platform, token, "/orders?limit=200");
    assert_int_equal(reply.status, 200);
    assert_true(reply.length > 10000);
    test_reply_free(&reply);
    char *body = malloc(900 * 1024);
    assert_non_null(body);
    memset(body, ' ', 900 * 1024 - 1);
    memcpy(body, "{}", 2);
    body[900 * 1024 - 1] = '\0';
    reply = test_http(platform,
                      &(struct test_request){.path = "/appeals", .token = token, .body = body});
    assert_int_equal(reply.status, 403); /* the dispatcher takes no appeals: it was read whole */
    test_reply_free(&reply);
    free(body);
}

/* --- the feed --------------------------------------------------------------------------------- */

static CURL *open_feed(const char *token, const char *cursor)
{
    char request[400];
    (void)snprintf(request, sizeof request,
                   "GET /api/v1/changes?cursor=%s HTTP/1.1\r\nHost: h\r\n"
                   "Authorization: Bearer %s\r\n\r\n",
                   cursor, token);
    CURL *curl = secure_dial();
    secure_say(curl, request);
    struct reply reply = secure_reply(curl, true);
    assert_int_equal(reply.status, 200);
    assert_true(*reply_header(&reply, "X-Request-Id"));
    reply_free(&reply);
    return curl;
}

static void changes_are_told_over_tls_as_they_happen(void **state)
{
    (void)state;
    const char *operator= test_login(platform, "operator");
    const char *dispatcher = test_login(platform, "dispatcher");
    char *cursor = test_cursor(platform, dispatcher);
    CURL *feed = open_feed(dispatcher, cursor);
    for (int i = 0; i < 3; i++) {
        char bytes[4096];
        struct test_reply order = test_post(platform, operator, "/appeals", APPEAL);
        assert_int_equal(order.status, 201);
        test_reply_free(&order);
        assert_true(secure_hear(feed, bytes, sizeof bytes) > 0);
    }
    curl_easy_cleanup(feed);
    free(cursor);
}

static size_t sockets(void)
{
    char path[64], target[64];
    size_t n = 0;
    (void)snprintf(path, sizeof path, "/proc/%ld/fd", (long)platform->pid);
    DIR *dir = opendir(path);
    const struct dirent *entry;
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        ssize_t length = readlinkat(dirfd(dir), entry->d_name, target, sizeof target);
        n += length > 7 && memcmp(target, "socket:", 7) == 0;
    }
    closedir(dir);
    return n;
}

static void who_goes_away_while_asleep_leaves_nothing(void **state)
{
    enum { FEEDS = 20 };
    CURL *feeds[FEEDS];
    (void)state;
    const char *token = test_login(platform, "dispatcher");
    char *cursor = test_cursor(platform, token);
    assert_true(TEST_WAIT(sockets() == 1));
    for (int i = 0; i < FEEDS; i++)
        feeds[i] = open_feed(token, cursor);
    assert_int_equal(sockets(), FEEDS + 1);
    for (int i = 0; i < FEEDS; i++) {
        curl_socket_t fd;
        struct linger reset = {.l_onoff = 1, .l_linger = 0};
        assert_int_equal(curl_easy_getinfo(feeds[i], CURLINFO_ACTIVESOCKET, &fd), CURLE_OK);
        if (i % 3 == 0) /* no farewell at all */
            (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        if (i % 3 == 1) /* none of TLS */
            (void)shutdown(fd, SHUT_WR);
        curl_easy_cleanup(feeds[i]);
    }
    assert_true(TEST_WAIT(sockets() == 1));
    free(cursor);
}

/* Milliseconds of processor that the platform has had. */
static long processor_ms(void)
{
    char path[64];
    long user = 0, kernel = 0;
    (void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)platform->pid);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fscanf(file,
                            "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld",
                            &user, &kernel),
                     2);
    (void)fclose(file);
    return (user + kernel) * 1000 / sysconf(_SC_CLK_TCK);
}

static void who_greets_by_halves_costs_no_processor(void **state)
{
    enum { HALVES = 20, WATCHED_MS = 400 };
    static const unsigned char half[] = {0x16, 3, 1, 0, 0xc8, 1, 0, 0, 0xc4};
    int fds[HALVES];
    (void)state;
    for (int i = 0; i < HALVES; i++) {
        fds[i] = test_platform_dial(platform);
        assert_true(say_bytes(fds[i], half, sizeof half));
    }
    struct test_reply reply = test_get(platform, NULL, "/health"); /* they were taken up */
    assert_int_equal(reply.status, 200);
    test_reply_free(&reply);
    long before = processor_ms();
    int64_t end = test_deadline(WATCHED_MS);
    while (test_look_again(end))
        ;
    assert_true(processor_ms() - before < WATCHED_MS / 8);
    for (int i = 0; i < HALVES; i++)
        close(fds[i]);
}

/* --- who is refused --------------------------------------------------------------------------- */

/* OpenSSL speaks what is older than TLS 1.2 only when it is made to. */
static CURLcode dial_at_most(long version)
{
    CURL *curl = secure_new(NULL);
    (void)curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_0 | version);
    (void)curl_easy_setopt(curl, CURLOPT_SSL_CIPHER_LIST, "ALL:@SECLEVEL=0");
    CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    return code;
}

static void what_is_no_tls_or_an_old_one_gets_no_answer_and_harms_nobody(void **state)
{
    (void)state;
    char bytes[64];
    int fd = test_platform_dial(platform);
    assert_true(say(fd, "GET /api/v1/health HTTP/1.1\r\nHost: h\r\n\r\n"));
    size_t n = hear(fd, bytes, sizeof bytes);
    assert_true(n < 5 || memcmp(bytes, "HTTP/", 5) != 0);
    close(fd);
    assert_int_equal(dial_at_most((long)CURL_SSLVERSION_MAX_TLSv1_1), CURLE_SSL_CONNECT_ERROR);
    assert_int_equal(dial_at_most((long)CURL_SSLVERSION_MAX_TLSv1_2), CURLE_OK);
    struct test_reply reply = test_get(platform, NULL, "/health");
    assert_int_equal(reply.status, 200);
    test_reply_free(&reply);
}

static CURLcode dial_with(const char *authority)
{
    char *ca = path_in(authority);
    CURL *curl = secure_new(ca);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    free(ca);
    return code;
}

static bool log_says(const char *words)
{
    char line[1024];
    bool says = false;
    FILE *file = fopen(platform->log, "re");
    while (file && !says && fgets(line, sizeof line, file))
        says = strstr(line, words) != NULL;
    if (file)
        (void)fclose(file);
    return says;
}

static void a_certificate_is_replaced_while_the_platform_runs(void **state)
{
    (void)state;
    test_authority_make(directory, "next");
    test_certificate_make(directory, "next", "renewed", "IP:127.0.0.1", NULL);
    CURL *open = secure_dial();
    assert_int_equal(dial_with("next.pem"), CURLE_PEER_FAILED_VERIFICATION);
    test_shell(directory, "cp server.pem old.pem && cp server.key old.key && "
                          "cp renewed.pem server.pem && cp renewed.key server.key");
    assert_int_equal(kill(platform->pid, SIGHUP), 0);
    assert_true(TEST_WAIT(dial_with("next.pem") == CURLE_OK));
    assert_int_equal(dial_with("ca.pem"), CURLE_PEER_FAILED_VERIFICATION);
    /* Who was connected stays so. */
    secure_say(open, "GET /api/v1/health HTTP/1.1\r\nHost: h\r\n\r\n");
    struct reply reply = secure_reply(open, false);
    assert_int_equal(reply.status, 200);
    reply_free(&reply);
    curl_easy_cleanup(open);
    /* What cannot be used changes nothing. */
    test_shell(directory, "cp old.key server.key");
    assert_int_equal(kill(platform->pid, SIGHUP), 0);
    assert_true(TEST_WAIT(log_says("the earlier certificate stays: the key in")));
    assert_int_equal(dial_with("next.pem"), CURLE_OK);
    test_shell(directory, "cp old.pem server.pem");
    assert_int_equal(kill(platform->pid, SIGHUP), 0);
    assert_true(TEST_WAIT(dial_with("ca.pem") == CURLE_OK));
}

/* --- starting --------------------------------------------------------------------------------- */

/* What `serve` says with this certificate and key. */
static void start_is_refused(const char *certificate, const char *key, const char *said)
{
    char *c = path_in(certificate), *k = path_in(key), *output = NULL;
    const char *const words[] = {
        "serve", "--db", platform->database, "--port", "0", "--certificate", c, "--key", k, NULL};
    assert_int_equal(test_minqingd(words, NULL, &output), 1);
    if (!strstr(output, said))
        fail_msg("said %s, not %s", output, said);
    free(output);
    free(c);
    free(k);
}

static void a_certificate_that_cannot_be_used_is_told_at_the_start(void **state)
{
    (void)state;
    /* A database is served once: one that is stopped is asked. */
    struct test_platform *served = platform;
    struct test_platform copy = *platform;
    copy.database = path_in("none.db");
    test_shell(directory, "cp '%s' none.db && cp '%s.key' none.db.key", served->database,
               served->database);
    platform = &copy;
    test_shell(directory, "echo nonsense >nonsense.pem && "
                          "openssl ec -in server.key -aes128 -passout pass:x -out locked.key");
    test_certificate_make(directory, "ca", "another", "IP:127.0.0.1", NULL);
    start_is_refused("absent.pem", "server.key", "absent.pem cannot be read");
    start_is_refused("server.pem", "absent.key", "absent.key cannot be read");
    start_is_refused("nonsense.pem", "server.key", "holds no chain of certificates in PEM");
    start_is_refused("server.key", "server.key", "holds no chain of certificates in PEM");
    start_is_refused("server.pem", "nonsense.pem", "holds no private key in PEM");
    start_is_refused("server.pem", "locked.key", "has a password");
    start_is_refused("server.pem", "another.key", "does not belong to the certificate");
    start_is_refused(".", "server.key", "cannot be read");
    free(copy.database);
    platform = served;
}

static void a_certificate_out_of_its_time_is_warned_of(void **state)
{
    (void)state;
    test_certificate_make(directory, "ca", "expired", "IP:127.0.0.1", "20210101000000Z");
    test_shell(directory, "cp server.pem kept.pem && cp server.key kept.key && "
                          "cp expired.pem server.pem && cp expired.key server.key");
    assert_int_equal(kill(platform->pid, SIGHUP), 0);
    assert_true(TEST_WAIT(log_says("expired at 2021-01-01T08:00")));
    assert_int_equal(dial_with("ca.pem"), CURLE_PEER_FAILED_VERIFICATION);
    test_shell(directory, "cp kept.pem server.pem && cp kept.key server.key");
    assert_int_equal(kill(platform->pid, SIGHUP), 0);
    assert_true(TEST_WAIT(dial_with("ca.pem") == CURLE_OK));
}

static enum status end_demo(struct db *db, void *user)
{
    (void)user;
    return store_meta_set(db, "demo", "0");
}

static void beyond_this_machine_nothing_goes_in_the_clear_unless_told(void **state)
{
    (void)state;
    struct error err;
    struct store *store;
    char *database = path_in("real.db"), *output = NULL;
    test_shell(directory, "cp '%s' real.db && cp '%s.key' real.db.key", platform->database,
               platform->database);
    assert_int_equal(store_open(database, &store, &err), ST_OK);
    assert_int_equal(store_write_wait(store, end_demo, NULL), ST_OK);
    store_close(store);
    const char *const words[] = {"serve",   "--db",   database, "--listen",
                                 "0.0.0.0", "--port", "0",      NULL};
    assert_int_equal(test_minqingd(words, NULL, &output), 1);
    assert_non_null(strstr(output, "in the clear: give --certificate and --key, or --plain-http"));
    free(output);
    const char *const told[] = {"--listen", "0.0.0.0", "--plain-http", NULL};
    struct test_platform *open = test_platform_start_with(
        &(struct test_platform_options){.database = database, .arguments = told});
    struct test_reply reply = test_get(open, NULL, "/health");
    assert_int_equal(reply.status, 200);
    test_reply_free(&reply);
    assert_true(test_platform_stop(open));
    free(database);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_works_in_the_clear_works_over_tls),
        cmocka_unit_test(requests_that_come_in_one_record_are_all_answered),
        cmocka_unit_test(a_large_body_and_a_large_answer_come_whole),
        cmocka_unit_test(changes_are_told_over_tls_as_they_happen),
        cmocka_unit_test(who_goes_away_while_asleep_leaves_nothing),
        cmocka_unit_test(who_greets_by_halves_costs_no_processor),
        cmocka_unit_test(what_is_no_tls_or_an_old_one_gets_no_answer_and_harms_nobody),
        cmocka_unit_test(a_certificate_is_replaced_while_the_platform_runs),
        cmocka_unit_test(a_certificate_that_cannot_be_used_is_told_at_the_start),
        cmocka_unit_test(a_certificate_out_of_its_time_is_warned_of),
        cmocka_unit_test(beyond_this_machine_nothing_goes_in_the_clear_unless_told),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
