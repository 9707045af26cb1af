/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The change feed of the real platform: a crowd, slow lines, heartbeats, the end of a session. */
#include "core/clock.h"
#include "tests/lib/crowd.h"
#include "tests/lib/screen.h"
#include "tests/lib/wire.h"
#include <dirent.h>
#include <inttypes.h>

static struct test_platform *platform;

/* A heartbeat each second. */
static int setup(void **state)
{
    char *directory = test_directory(), path[4096];
    (void)state;
    (void)snprintf(path, sizeof path, "%s/settings", directory);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fprintf(file, "[http]\nfeed_heartbeat = 1s\n") > 0);
    assert_int_equal(fclose(file), 0);
    const char *const arguments[] = {"--settings", path, NULL};
    platform = test_platform_start_with(&(struct test_platform_options){.arguments = arguments});
    free(directory);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return test_platform_stop(platform) ? 0 : -1;
}

static void a_crowd_is_told_within_a_second_and_leaves_nothing(void **state)
{
    const struct crowd_options options = {
        .watchers = 200, .accounts = 12, .coding = FRAME_DICTIONARY, .changes = 75, .rate = 50};
    (void)state;
    struct crowd_result r = crowd_run(platform, &options);
    print_message("# p50 %" PRId64 " ms, p99 %" PRId64 " ms, slowest %" PRId64 " ms\n", r.p50_ms,
                  r.p99_ms, r.max_ms);
    assert_int_equal(r.missed, 0);
    assert_int_equal(r.strange, 0);
    assert_true(r.told > options.changes * 10);
    assert_true(r.max_ms < 1000 * (SCREEN_SLOW > 1 ? 10 : 1));
    assert_true(r.descriptors_with >= r.descriptors_before + options.watchers);
    assert_true(r.descriptors_after <= r.descriptors_before);
    assert_true(r.gone_ms < 5000);
}

/* --- one feed, byte by byte ------------------------------------------------------------------- */

struct stream {
    int fd;
    size_t chunk_left;
    bool ended;
};

static struct stream open_stream(const char *token, const char *cursor)
{
    char request[300];
    (void)snprintf(request, sizeof request,
                   "GET /api/v1/changes?cursor=%s HTTP/1.1\r\nHost: h\r\n"
                   "Authorization: Bearer %s\r\n\r\n",
                   cursor, token);
    struct stream stream = {.fd = test_platform_dial(platform)};
    assert_true(say(stream.fd, request));
    struct reply reply = hear_head(stream.fd);
    assert_int_equal(reply.status, 200);
    reply_free(&reply);
    return stream;
}

/* The next byte out of its chunk. */
static unsigned char next_byte(struct stream *stream)
{
    char byte = 0, line[20] = "";
    if (stream->chunk_left == 0) {
        for (size_t i = 0; i + 1 < sizeof line && (i == 0 || line[i - 1] != '\n'); i++)
            hear_exactly(stream->fd, line + i, 1);
        stream->chunk_left = (size_t)strtoull(line, NULL, 16);
        stream->ended = stream->chunk_left == 0;
        if (stream->ended)
            return 0;
    }
    hear_exactly(stream->fd, &byte, 1);
    if (--stream->chunk_left == 0)
        hear_exactly(stream->fd, (char[2]){0}, 2);
    return (unsigned char)byte;
}

/* The next frame, NULL for a heartbeat or the end. */
static cJSON *next_frame(struct stream *stream)
{
    size_t length = 0;
    int shift = 0;
    unsigned char byte = 0;
    do {
        byte = next_byte(stream);
        length |= (size_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    if (length == 0)
        return NULL;
    char *text = malloc(length);
    assert_non_null(text);
    for (size_t i = 0; i < length; i++)
        text[i] = (char)next_byte(stream);
    cJSON *json = json_parse(text, length);
    assert_non_null(json);
    free(text);
    return json;
}

static int64_t take_appeal(void)
{
    struct test_reply reply =
        test_post(platform, test_login(platform, "operator"), "/appeals",
                  "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"phone\":\"13800001111\","
                  "\"region\":\"420281003001\",\"category\":\"010101\",\"words\":\"小区停水三天\","
                  "\"next\":\"dispatch\"}");
    assert_int_equal(reply.status, 201);
    int64_t id = json_int(reply.json, "id", 0);
    test_reply_free(&reply);
    return id;
}

static void a_quiet_line_beats_and_a_logout_ends_it(void **state)
{
    (void)state;
    struct test_reply session = test_post(
        platform, NULL, "/sessions", "{\"login\":\"dispatcher\",\"password\":\"minqing-demo\"}");
    assert_int_equal(session.status, 201);
    assert_int_equal(json_int(session.json, "feed_dictionary", 0), frame_dictionary());
    const char *token = json_text(session.json, "token", "");
    struct stream stream = open_stream(token, json_text(session.json, "cursor", ""));
    cJSON *frame = NULL;
    do { /* what has happened meanwhile, all counts, and then what happens: the city lives */
        cJSON_Delete(frame);
        frame = next_frame(&stream);
        assert_non_null(frame);
    } while (cJSON_GetArraySize(cJSON_GetObjectItem(frame, "queues")) <= 2);
    for (; frame; frame = next_frame(&stream)) /* until a heartbeat */
        cJSON_Delete(frame);
    assert_false(stream.ended);
    struct test_reply gone = test_http(
        platform,
        &(struct test_request){.method = "DELETE", .path = "/sessions/current", .token = token});
    assert_int_equal(gone.status, 204);
    while (!stream.ended)
        cJSON_Delete(next_frame(&stream));
    close(stream.fd);
    test_reply_free(&gone);
    test_reply_free(&session);
}

/* Who does not read holds up nobody, and hears in the end where everything stands. */
static void a_line_that_stands_still_catches_up(void **state)
{
    enum { ORDERS = 40 };
    const char *token = test_login(platform, "dispatcher");
    char *cursor = test_cursor(platform, token);
    (void)state;
    struct stream slow = open_stream(token, cursor), quick = open_stream(token, cursor);
    int64_t last = 0, heard = 0;
    for (int i = 0; i < ORDERS; i++)
        last = take_appeal();
    for (struct stream *stream = &quick; stream; stream = stream == &quick ? &slow : NULL) {
        for (heard = 0; heard != last;) {
            cJSON *frame = next_frame(stream);
            const cJSON *item;
            assert_false(stream->ended);
            cJSON_ArrayForEach(item, cJSON_GetObjectItem(frame, "items")) heard =
                json_int(item, "id", 0);
            cJSON_Delete(frame);
        }
        close(stream->fd);
    }
    free(cursor);
}

static void a_cursor_of_another_account_is_gone(void **state)
{
    char *cursor = test_cursor(platform, test_login(platform, "dispatcher"));
    (void)state;
    struct test_reply reply =
        test_get(platform, test_login(platform, "operator"), "/changes?cursor=%s&wait=0", cursor);
    assert_int_equal(reply.status, 410);
    assert_string_equal(test_problem(&reply), "feed-gone");
    test_reply_free(&reply);
    free(cursor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_line_beats_and_a_logout_ends_it),
        cmocka_unit_test(a_line_that_stands_still_catches_up),
        cmocka_unit_test(a_cursor_of_another_account_is_gone),
        cmocka_unit_test(a_crowd_is_told_within_a_second_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
