/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the change feed tells while orders enter and leave a scope: their rows while they are in it,
 * "gone" when they leave, and of what happens outside not even that something does. */
#include "core/frame.h"
#include "tests/api/leak.h"
#include "tests/lib/wire.h"

static struct leak leak;

static int setup(void **state)
{
    (void)state;
    leak_start(&leak);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return leak_stop(&leak) ? 0 : -1;
}

/* --- a stream --------------------------------------------------------------------------------- */

struct stream {
    const char *login;
    int fd;
    struct buf bytes;
    char cursor[64]; /* where it began */
};

/* HTTP/1.0, so that frames come as they are, without chunks around them. */
static void open_stream(struct stream *stream, const char *login)
{
    char request[300], *cursor = test_cursor(leak.platform, leak_as(&leak, login));
    *stream = (struct stream){.login = login, .fd = test_platform_dial(leak.platform)};
    (void)snprintf(stream->cursor, sizeof stream->cursor, "%s", cursor);
    (void)snprintf(request, sizeof request,
                   "GET /api/v1/changes?cursor=%s HTTP/1.0\r\nAuthorization: Bearer %s\r\n\r\n",
                   cursor, leak_as(&leak, login));
    free(cursor);
    assert_true(say(stream->fd, request));
    struct reply reply = hear_head(stream->fd);
    assert_int_equal(reply.status, 200);
    reply_free(&reply);
}

static void close_stream(struct stream *stream)
{
    (void)close(stream->fd);
    buf_free(&stream->bytes);
}

/* The next frame that is no heartbeat. */
static cJSON *next_frame(struct stream *stream)
{
    for (;;) {
        size_t head, length;
        char more[4096];
        enum frame_found found =
            frame_find(stream->bytes.data, stream->bytes.length, &head, &length);
        assert_true(found != FRAME_BROKEN);
        if (found == FRAME_PART) {
            size_t n = hear(stream->fd, more, sizeof more);
            assert_true(n > 0);
            buf_add(&stream->bytes, more, n);
            continue;
        }
        cJSON *json = length ? json_parse(stream->bytes.data + head, length) : NULL;
        size_t rest = stream->bytes.length - head - length;
        memmove(stream->bytes.data, stream->bytes.data + head + length, rest);
        stream->bytes.length = rest;
        if (json || length)
            return json;
    }
}

/* --- what is told ----------------------------------------------------------------------------- */

/* What the account has been told of the orders that the story is about. */
enum { STORY_MAX = 8 };
struct told {
    bool row[STORY_MAX], gone[STORY_MAX];
    size_t items;
};
static int64_t story[STORY_MAX];

static size_t place_in_story(int64_t id)
{
    size_t i = 0;
    while (i < STORY_MAX && story[i] != id)
        i++;
    return i;
}

static bool is_his(const char *login, int64_t id)
{
    leak_look_again(&leak);
    const struct sight_order *order = sight_find(leak.city, id);
    return order && sight_sees(leak.city, sight_account(leak.city, login), order);
}

static void hear_items(const cJSON *frame, const char *login, struct told *told)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, leak_member(frame, "items"))
    {
        size_t i = place_in_story(json_int(item, "id", 0));
        bool gone = json_bool(item, "gone", false);
        if (i == STORY_MAX && !gone && is_his(login, json_int(item, "id", 0)))
            continue; /* of before: a stream may say again what its cursor knows already */
        if (i == STORY_MAX)
            fail_msg("%s is told of %" PRId64, login, json_int(item, "id", 0));
        if (gone && cJSON_GetArraySize(item) != 2)
            fail_msg("%s: \"gone\" says more: %s", login, cJSON_PrintUnformatted(item));
        told->row[i] = !gone;
        told->gone[i] = gone;
        told->items++;
    }
}

/* A poll from the cursor: what it tells, and where it leads. */
static void poll_from(const char *login, const char *from, struct told *told, char next[64])
{
    struct said said =
        talk_get(leak.talk, leak_as(&leak, login), "/changes?wait=0&cursor=%s", from);
    (void)leak_expect(said, 200, "/changes");
    *told = (struct told){.items = 0};
    hear_items(said.json, login, told);
    (void)snprintf(next, 64, "%s", json_text(said.json, "cursor", ""));
    said_free(&said);
}

#define APPEAL(region, category)                                                                   \
    "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"region\":\"" region                    \
    "\",\"place_text\":\"路口\",\"category\":\"" category                                          \
    "\",\"words\":\"请尽快处理这件事\",\"next\":\"dispatch\"}"
#define TOWN   "420281108001"
#define STREET "420281003001"

/* --- entering and leaving --------------------------------------------------------------------- */

/* A unit gets an order, sends it back, and another gets it. */
static void who_loses_an_order_is_told_gone_and_no_more(void **state)
{
    static const char *const logins[] = {"handler2", "handler3", "x_take_state", "n_ecology"};
    enum { WATCHERS = 4 };
    struct stream streams[WATCHERS];
    struct told told;
    char middle[64], end[64];
    (void)state;
    memset(story, 0, sizeof story);
    for (size_t i = 0; i < WATCHERS; i++)
        open_stream(&streams[i], logins[i]);
    story[0] = leak_take(&leak, "operator", NULL, APPEAL(STREET, "040102"));
    leak_act(&leak, "dispatcher", story[0], "dispatch", "{\"unit\":303}", 200);
    poll_from("handler3", streams[1].cursor, &told, middle);
    assert_true(told.row[0]);
    leak_act(&leak, "handler3", story[0], "ask_return", "{\"reason\":\"wrong_place\"}", 200);
    leak_act(&leak, "dispatcher", story[0], "accept_return", "{}", 200);
    leak_act(&leak, "dispatcher", story[0], "dispatch", "{\"unit\":102}", 200);
    /* A poll over all of it, and one from when the unit had it. */
    poll_from("handler3", streams[1].cursor, &told, end);
    assert_true(told.gone[0] && !told.row[0]);
    poll_from("handler3", middle, &told, end);
    assert_true(told.gone[0] && !told.row[0]);
    /* Behind that there is nothing more to tell, whatever happens to it. */
    leak_act(&leak, "handler2", story[0], "sign", "{}", 200);
    leak_act(&leak, "handler2", story[0], "reply", "{\"reply\":\"已处理\"}", 200);
    poll_from("handler3", end, &told, end);
    assert_int_equal(told.items, 0);
    poll_from("handler2", streams[0].cursor, &told, end);
    assert_true(told.row[0]);
    poll_from("n_ecology", streams[3].cursor, &told, end);
    assert_int_equal(told.items, 0);
    /* The streams told the same as it happened. */
    for (size_t i = 0; i < 3; i++) {
        bool over = false, came = false;
        while (!over) {
            told = (struct told){.items = 0};
            cJSON *frame = next_frame(&streams[i]);
            hear_items(frame, logins[i], &told);
            came = came || told.row[0];
            over = i == 0 ? told.row[0] : told.gone[0];
            cJSON_Delete(frame);
        }
        assert_true(came || i > 0);
    }
    for (size_t i = 0; i < WATCHERS; i++)
        close_stream(&streams[i]);
}

/* By another matter, another state, another place, an order leaves and comes back. */
static void an_order_that_changes_its_matter_or_state_leaves(void **state)
{
    struct told told;
    char from[64], end[64], *cursor;
    (void)state;
    memset(story, 0, sizeof story);
    cursor = test_cursor(leak.platform, leak_as(&leak, "n_ecology"));
    (void)snprintf(from, sizeof from, "%s", cursor);
    free(cursor);
    story[0] = leak_take(&leak, "operator", NULL, APPEAL(STREET, "010702"));
    poll_from("n_ecology", from, &told, end);
    assert_true(told.row[0]);
    leak_act(&leak, "dispatcher", story[0], "classify", "{\"category\":\"040102\"}", 200);
    poll_from("n_ecology", end, &told, from);
    assert_true(told.gone[0]);
    leak_act(&leak, "dispatcher", story[0], "classify", "{\"category\":\"040102\",\"urgent\":true}",
             200);
    poll_from("n_ecology", from, &told, end);
    assert_int_equal(told.items, 0);
    struct said said =
        talk_get(leak.talk, leak_as(&leak, "n_ecology"), "/orders/%" PRId64, story[0]);
    assert_int_equal(said.status, 404);
    said_free(&said);
    leak_act(&leak, "dispatcher", story[0], "classify", "{\"category\":\"010702\"}", 200);
    poll_from("n_ecology", end, &told, from);
    assert_true(told.row[0]);
}

/* --- outside ---------------------------------------------------------------------------------- */

/* The first thing that a stream tells after all that happened outside is the first order inside. */
static void what_happens_outside_sends_nothing(void **state)
{
    static const char *const logins[] = {"n_ecology", "town_chengui", "x_give",
                                         "handler3",  "librarian",    "admin"};
    enum { WATCHERS = 6, SEE_IT = 3 };
    struct stream streams[WATCHERS];
    struct told told;
    char next[64];
    (void)state;
    memset(story, 0, sizeof story);
    for (size_t i = 0; i < WATCHERS; i++)
        open_stream(&streams[i], logins[i]);
    for (int i = 0; i < 5; i++) {
        int64_t outside = leak_take(&leak, "operator", NULL, APPEAL(STREET, "040102"));
        leak_act(&leak, "dispatcher", outside, "dispatch", "{\"unit\":103}", 200);
        leak_act(&leak, "unit103", outside, "sign", "{}", 200);
    }
    for (size_t i = 0; i < WATCHERS; i++) {
        poll_from(logins[i], streams[i].cursor, &told, next);
        assert_int_equal(told.items, 0);
    }
    story[0] = leak_take(&leak, "operator", NULL, APPEAL(TOWN, "010702"));
    for (size_t i = 0; i < SEE_IT; i++) {
        cJSON *frame = next_frame(&streams[i]);
        told = (struct told){.items = 0};
        hear_items(frame, logins[i], &told);
        /* Before it only the counts of the moment at which the stream began. */
        while (!told.row[0] && told.items == 0) {
            cJSON_Delete(frame);
            frame = next_frame(&streams[i]);
            hear_items(frame, logins[i], &told);
        }
        assert_true(told.row[0] && told.items == 1);
        cJSON_Delete(frame);
    }
    for (size_t i = 0; i < WATCHERS; i++)
        close_stream(&streams[i]);
}

/* --- a scope that changes --------------------------------------------------------------------- */

/* Who has another scope begins again, and the old cursor tells nothing of the old or new one. */
static void a_cursor_of_another_scope_is_of_no_use(void **state)
{
    static const char *const logins[] = {"x_one", "n_ecology", "x_all", "librarian"};
    (void)state;
    char *mine = test_cursor(leak.platform, leak_as(&leak, "x_study"));
    for (size_t i = 0; i < sizeof logins / sizeof logins[0]; i++) {
        struct said said =
            talk_get(leak.talk, leak_as(&leak, logins[i]), "/changes?wait=0&cursor=%s", mine);
        assert_int_equal(said.status, 410);
        assert_null(leak_items(&said));
        said_free(&said);
    }
    free(mine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_loses_an_order_is_told_gone_and_no_more),
        cmocka_unit_test(an_order_that_changes_its_matter_or_state_leaves),
        cmocka_unit_test(what_happens_outside_sends_nothing),
        cmocka_unit_test(a_cursor_of_another_scope_is_of_no_use),
    };
    return cmocka_run_group_tests_name("feed and scope", tests, setup, teardown);
}
