/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/stage.h"
#include "tests/lib/platform_private.h"
#include "tests/lib/screen_private.h"
#include <curl/curl.h>
#include <inttypes.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { PATH_SIZE = 512 };

static struct stage *open_stages;

/* ---- the stage ------------------------------------------------------------------------------- */

static const char *entry(const char *name, const char *value)
{
    char *text = NULL;
    int n = asprintf(&text, "%s=%s", name, value);
    return screen_must(n < 0 ? NULL : text);
}

struct stage *stage_open(void)
{
    struct stage *stage = screen_must(calloc(1, sizeof *stage));
    stage->platform = test_platform_start(NULL);
    stage->env[0] = entry("MINQING_URL", stage->platform->url);
    stage->env[1] = entry("MINQING_PASSWORD", "minqing-demo");
    stage->next = open_stages;
    open_stages = stage;
    return stage;
}

static void release(struct stage *stage)
{
    struct stage **at = &open_stages;
    while (*at != stage)
        at = &(*at)->next;
    *at = stage->next;
    for (size_t i = 0; stage->env[i]; i++) {
        union {
            const char *kept;
            char *freed;
        } u = {stage->env[i]};
        free(u.freed);
    }
    free(stage);
}

void stage_close(struct stage *stage)
{
    struct test_platform *platform = stage->platform;
    /* Ended first: a database is open in one program at a time. */
    (void)kill(platform->pid, SIGTERM);
    int status = test_wait_child(platform->pid, TEST_LIMIT_MS);
    if (status != 0) {
        test_print_file(platform->log);
        screen_fail(NULL, "the platform ended with %d", status);
    }
    platform->pid = 0;
    bool whole = test_platform_check(platform);
    (void)test_platform_stop(platform);
    release(stage);
    if (!whole)
        screen_fail(NULL, "a chain of events is broken");
}

int stage_close_all(void **state)
{
    (void)screen_close_all(state);
    while (open_stages) {
        struct stage *stage = open_stages;
        test_platform_kill(stage->platform);
        (void)test_platform_stop(stage->platform);
        release(stage);
    }
    return 0;
}

struct screen *stage_console(struct stage *stage, const char *login, int rows, int cells,
                             const char *home)
{
    const struct screen_options options = {
        .rows = rows, .cells = cells, .home = home, .env = stage->env, .name = login};
    const char *const words[] = {"--login", login, NULL};
    return screen_minqing(&options, words);
}

void stage_freeze(struct stage *stage)
{
    int status;
    (void)kill(stage->platform->pid, SIGSTOP);
    /* Until the last of its threads has stopped. */
    if (waitpid(stage->platform->pid, &status, WUNTRACED) < 0 || !WIFSTOPPED(status))
        screen_fail(NULL, "the platform does not stop");
}

void stage_thaw(struct stage *stage)
{
    (void)kill(stage->platform->pid, SIGCONT);
}

void stage_end_sessions(struct stage *stage, const char *login)
{
    sqlite3 *db = NULL;
    char *sql = sqlite3_mprintf("delete from session where account_id in"
                                " (select id from account where login = %Q)",
                                login);
    bool done = sqlite3_open(stage->platform->database, &db) == SQLITE_OK &&
                sqlite3_busy_timeout(db, TEST_LIMIT_MS) == SQLITE_OK &&
                sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK && sqlite3_changes(db) > 0;
    sqlite3_free(sql);
    (void)sqlite3_close(db);
    if (!done)
        screen_fail(NULL, "no session of %s was ended", login);
}

/* ---- records --------------------------------------------------------------------------------- */

/* The reply's JSON, which must be there; the rest is freed. */
static cJSON *expect(struct test_reply *reply, const char *login, const char *what)
{
    if (reply->status < 200 || reply->status > 299 || !reply->json)
        screen_fail(NULL, "%s as %s: %d %s", what, login, reply->status, reply->text);
    cJSON *json = reply->json;
    reply->json = NULL;
    test_reply_free(reply);
    return json;
}

cJSON *stage_get(struct stage *stage, const char *login, const char *path)
{
    struct test_reply reply =
        test_get(stage->platform, test_login(stage->platform, login), "%s", path);
    return expect(&reply, login, path);
}

cJSON *stage_order(struct stage *stage, const char *login, const char *number)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "/orders/%s", number);
    return stage_get(stage, login, path);
}

bool stage_sees(struct stage *stage, const char *login, const char *number)
{
    struct test_reply reply =
        test_get(stage->platform, test_login(stage->platform, login), "/orders/%s", number);
    int status = reply.status;
    test_reply_free(&reply);
    if (status != 200 && status != 404)
        screen_fail(NULL, "%s as %s: %d", number, login, status);
    return status == 200;
}

void stage_act(struct stage *stage, const char *login, const char *number, const char *action,
               const char *fields)
{
    cJSON *order = stage_order(stage, login, number);
    struct test_reply reply =
        test_act(stage->platform, test_login(stage->platform, login), json_int(order, "id", 0),
                 json_int(order, "version", 0), action, "%s", fields);
    cJSON_Delete(expect(&reply, login, action));
    cJSON_Delete(order);
}

/* The record of the demonstration city that bears exactly this name. */
static int64_t place_called(struct stage *stage, const char *login, const char *name)
{
    char path[PATH_SIZE];
    char *escaped = screen_must(curl_easy_escape(NULL, name, 0));
    (void)snprintf(path, sizeof path, "/addresses/complete?limit=20&q=%s", escaped);
    curl_free(escaped);
    cJSON *found = stage_get(stage, login, path), *item;
    int64_t id = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(found, "items"))
    {
        if (id == 0 && strcmp(json_text(item, "name", ""), name) == 0)
            id = json_int(item, "id", 0);
    }
    cJSON_Delete(found);
    if (id == 0)
        screen_fail(NULL, "the city has no place %s", name);
    return id;
}

static void add_missing(cJSON *object, const char *name, const char *value)
{
    if (!cJSON_GetObjectItemCaseSensitive(object, name))
        json_add_text(object, name, value);
}

void stage_appeal(struct stage *stage, const char *login, const char *fields,
                  char number[STAGE_NUMBER_SIZE])
{
    cJSON *body = screen_must(cJSON_Parse(fields));
    add_missing(body, "channel", "hotline12345");
    add_missing(body, "kind", "complaint");
    add_missing(body, "category", "010101");
    add_missing(body, "next", "dispatch");
    if (!cJSON_GetObjectItemCaseSensitive(body, "place"))
        json_add_int(body, "place", place_called(stage, login, "碧桂园"));
    char *text = screen_must(cJSON_PrintUnformatted(body));
    struct test_reply reply =
        test_post(stage->platform, test_login(stage->platform, login), "/appeals", "%s", text);
    cJSON *order = expect(&reply, login, text);
    (void)snprintf(number, STAGE_NUMBER_SIZE, "%s", json_text(order, "number", ""));
    cJSON_Delete(order);
    cJSON_free(text);
    cJSON_Delete(body);
}

static bool in_state(struct stage *stage, const char *login, const char *number, const char *state)
{
    cJSON *order = stage_order(stage, login, number);
    bool is = strcmp(json_text(order, "state", ""), state) == 0;
    cJSON_Delete(order);
    return is;
}

void stage_wait_state(struct stage *stage, const char *login, const char *number, const char *state)
{
    if (!TEST_WAIT(in_state(stage, login, number, state)))
        screen_fail(NULL, "%s never becomes %s", number, state);
}

int64_t stage_count(struct stage *stage, const char *login, const char *view)
{
    cJSON *queues = stage_get(stage, login, "/queues"), *item;
    int64_t count = -1;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(queues, "items"))
    {
        if (strcmp(json_text(item, "name", ""), view) == 0)
            count = json_int(item, "count", -1);
    }
    cJSON_Delete(queues);
    return count;
}
