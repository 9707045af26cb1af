/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searching orders and articles, and the hints of the intake, as an account may. */
#include "platform/analysis/indexing.h"
#include "tests/unit/platform_api.h"

/* `words` in the query; -1 when it was refused. */
static int64_t found(const char *login, const char *words, int64_t order)
{
    char target[256];
    snprintf(target, sizeof target, "/orders?limit=200&q=%s", words);
    struct answer a = get(target, token_of(login));
    int64_t count = a.status == 200 ? 0 : -1;
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(a.json, "items"))
    {
        count += order == 0 || json_int(item, "id", 0) == order;
    }
    drop(&a);
    return count;
}

/* A citizen's call; `more` further members. */
static int64_t take_call(const char *words, const char *phone, const char *more, char number[20])
{
    char body[1536];
    snprintf(body, sizeof body,
             "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"phone\":\"%s\",\"name\":"
             "\"赵小川\",\"place\":%s,\"category\":\"%s\",\"next\":\"dispatch\",\"words\":\"%s\""
             "%s%s}",
             phone, place, category, words, *more ? "," : "", more);
    struct answer a = ask(API_POST, "/appeals", token_of("operator"), "", -1, body);
    assert_int_equal(a.status, 201);
    int64_t id = json_int(a.json, "id", 0);
    if (number)
        snprintf(number, 20, "%s", json_text(a.json, "number", ""));
    drop(&a);
    return id;
}

static int64_t take_words(const char *words, const char *more, char number[20])
{
    return take_call(words, "13800005678", more, number);
}

static int64_t version_of(int64_t order)
{
    char target[64];
    snprintf(target, sizeof target, "/orders/%lld", (long long)order);
    struct answer a = get(target, token_of("supervisor"));
    int64_t version = json_int(a.json, "version", 0);
    drop(&a);
    return version;
}

static void test_words(void **state)
{
    (void)state;
    char number[20], target[160];
    int64_t id = take_words("缤纷路口的5G基站嗡嗡响，A3区的DN200水管也漏",
                            "\"source_no\":\"网络-77号\"", number);
    static const char *const asked[] = {"缤纷",  "缤纷路口", "缤纷 基站", "5G基站",    "５ｇ基站",
                                        "dn200", "A3区",     "基站 停水", "网络-77号", "DN200 A3"};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        assert_int_equal(found("operator", asked[i], id), 1);
    assert_int_equal(found("operator", "缤纷 大象", id), 0);
    assert_int_equal(found("operator", "号 大象", id), -1);
    assert_int_equal(found("operator", number, 0), 1);
    assert_int_equal(found("operator", "碧桂园 缤纷", id), 1); /* its place */
    snprintf(target, sizeof target, "/orders?q=%s", "水");
    struct answer a = get(target, token_of("operator"));
    expect_problem(&a, 422, "search-short", "q");
    a = get("/orders?q=缤纷&from=2026-13-01", token_of("operator"));
    expect_problem(&a, 422, "field-type", "from");
}

static int64_t counted(const char *login, const char *target)
{
    struct answer a = get(target, token_of(login));
    assert_int_equal(a.status, 200);
    int64_t count = cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "items"));
    drop(&a);
    return count;
}

static void test_filters(void **state)
{
    (void)state;
    take_words("蝴蝶谷的水龙头", "", NULL);
    take_words("蝴蝶谷的水表", "", NULL);
    char day[11], target[160];
    clock_format_day(clock_day(clock_now_ms()), day);
    assert_int_equal(counted("operator", "/orders?q=蝴蝶"), 2);
    assert_int_equal(counted("operator", "/orders?q=蝴蝶&state=to_dispatch"), 2);
    assert_int_equal(counted("operator", "/orders?q=蝴蝶&state=archived"), 0);
    assert_int_equal(counted("dispatcher", "/orders?q=蝴蝶&view=dispatch"), 2);
    assert_int_equal(counted("dispatcher", "/orders?q=蝴蝶&lead=0"), 2);
    snprintf(target, sizeof target, "/orders?q=蝴蝶&place=%s&category=%s", place, category);
    assert_int_equal(counted("operator", target), 2);
    snprintf(target, sizeof target, "/orders?q=蝴蝶&from=%s&to=%s", day, day);
    assert_int_equal(counted("operator", target), 2);
    snprintf(target, sizeof target, "/orders?q=蝴蝶&to=2020-01-01");
    assert_int_equal(counted("operator", target), 0);
    /* Page by page, newest first, none twice and none left out. */
    struct answer a = get("/orders?q=蝴蝶&limit=1", token_of("operator"));
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "items"), 0);
    int64_t id = json_int(first, "id", 0);
    snprintf(target, sizeof target, "/orders?q=蝴蝶&limit=1&after=%s",
             json_text(a.json, "next", ""));
    drop(&a);
    a = get(target, token_of("operator"));
    const cJSON *second = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "items"), 0);
    assert_true(json_int(second, "id", 0) > 0 && json_int(second, "id", 0) < id);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(a.json, "next")));
    drop(&a);
}

static void test_changes(void **state)
{
    (void)state;
    int64_t target = take_words("骆驼巷没有水", "", NULL);
    int64_t merged = take_words("鸵鸟坡没有水", "", NULL);
    char body[96];
    assert_int_equal(found("operator", "鸵鸟", target), 0);
    snprintf(body, sizeof body, "{\"target\":\"%lld\"}", (long long)target);
    struct answer a = act("dispatcher", merged, "merge", version_of(merged), "", body);
    assert_int_equal(a.status, 200);
    drop(&a);
    assert_int_equal(found("operator", "鸵鸟", target), 1);
    assert_int_equal(found("operator", "骆驼 鸵鸟", target), 1);
    a = act("dispatcher", merged, "unmerge", version_of(merged), "", "{}");
    assert_int_equal(a.status, 200);
    drop(&a);
    assert_int_equal(found("operator", "鸵鸟", target), 0);
    assert_int_equal(found("operator", "鸵鸟", merged), 1);
}

static void test_classify(void **state)
{
    (void)state;
    int64_t id = take_words("犀牛湾夜里很吵", "", NULL);
    struct answer a = get("/categories?q=噪声&limit=1", token_of("dispatcher"));
    const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "items"), 0);
    char body[128], name[64];
    snprintf(body, sizeof body, "{\"category\":\"%s\"}", json_text(item, "code", "010401"));
    snprintf(name, sizeof name, "犀牛 %s", item ? json_text(item, "name", "") : "路灯不亮");
    drop(&a);
    assert_int_equal(found("operator", name, id), 0);
    a = act("dispatcher", id, "classify", version_of(id), "", body);
    assert_int_equal(a.status, 200);
    drop(&a);
    assert_int_equal(found("operator", name, id), 1);
}

/* --- privacy ---------------------------------------------------------------------------------- */

static void test_nothing_hidden_is_found(void **state)
{
    (void)state;
    int64_t id = take_words("河马街停水，请打13812345678或0714-8765432，身份证420281199001011234，"
                            "车牌鄂B12C45，我叫赵小川",
                            "\"place_text\":\"河马街赵小川家，电话13987654321\"", NULL);
    assert_int_equal(found("operator", "河马", id), 1);
    static const char *const hidden[] = {"13812345678", "5678",      "138",     "1234",   "赵小",
                                         "小川",        "赵小川",    "12c45",   "鄂b",    "4321",
                                         "139",         "0714",      "8765432", "420281", "199001",
                                         "13800005678", "我叫赵小川"};
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        assert_int_equal(found("operator", hidden[i], id), 0);
}

/* All that the account gets, without identifiers and times: answers of two orders that differ in
 * what is hidden alone must be the same. */
static char *view_of(const char *words, const char *query, const char *phone)
{
    char target[256];
    int64_t id = take_call(words, phone, "", NULL);
    snprintf(target, sizeof target, "/orders?q=%s", query);
    struct answer a = get(target, token_of("dispatcher9"));
    cJSON *items = cJSON_GetObjectItem(a.json, "items"), *item;
    cJSON_ArrayForEach(item, items)
    {
        cJSON_DeleteItemFromObject(item, "id");
        cJSON_DeleteItemFromObject(item, "number");
        cJSON_DeleteItemFromObject(item, "received_at");
        cJSON_DeleteItemFromObject(item, "deadline_at");
        cJSON_DeleteItemFromObject(item, "first_deadline_at");
    }
    char *text = cJSON_PrintUnformatted(a.json);
    drop(&a);
    a = act("operator", id, "withdraw", version_of(id), "", "{\"reason\":\"重复登记\"}");
    assert_int_equal(a.status, 200);
    drop(&a);
    return text;
}

static void test_hidden_digits_change_nothing(void **state)
{
    (void)state;
    static const char *const queries[] = {"斑马",      "13812345678", "13898765678", "斑马 1234",
                                          "5678",      "98765",       "12345",       "斑马路 5678",
                                          "4202 1990", "138"};
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        char *one = view_of("斑马路停水，电话13812345678", queries[i], "13812345678");
        char *other = view_of("斑马路停水，电话13898765678", queries[i], "13898765678");
        assert_string_equal(one, other);
        free(one);
        free(other);
    }
}

static struct answer hints(const char *login, const char *body)
{
    return ask(API_POST, "/hints", token_of(login), NULL, -1, body);
}

static char *printed(struct answer *a)
{
    char *text = cJSON_PrintUnformatted(a->json);
    drop(a);
    return text;
}

static enum status narrow_operator(struct db *db, void *user)
{
    (void)user;
    struct arena *arena = arena_new();
    const struct scope_row elsewhere = {9003, SCOPE_CHANNEL, "hotline12315"};
    enum status st = add_account(db, arena, "operator", 9003, "operator9", 0);
    if (!st)
        st = store_scope_put(db, &elsewhere);
    arena_free(arena);
    return st;
}

static void with_store(store_job job)
{
    struct error err;
    struct api_options options = {.database = path};
    struct store *store;
    api_close(api);
    assert_int_equal(store_open(path, &store, &err), ST_OK);
    assert_int_equal(store_write_wait(store, job, NULL), ST_OK);
    store_close(store);
    assert_int_equal(api_open(&options, &api, &err), ST_OK);
}

static void test_scope(void **state)
{
    (void)state;
    with_store(narrow_operator);
    static const char *const asked =
        "{\"text\":\"长颈鹿路口从昨天晚上开始停水一直没有来\",\"phone\":"
        "\"13700001111\",\"category\":\"010101\"}";
    struct answer a = hints("operator9", asked);
    assert_int_equal(a.status, 200);
    char *before = printed(&a);
    int64_t id =
        take_call("长颈鹿路口从昨天晚上开始停水一直没有来，老人没水喝", "13700001111", "", NULL);
    assert_int_equal(found("operator9", "长颈", 0), 0);
    assert_int_equal(found("n_economy", "长颈", 0), 0);
    assert_int_equal(found("n_emergency", "长颈", id), 1);
    a = hints("operator9", asked);
    char *after = printed(&a);
    assert_string_equal(before, after);
    a = hints("operator", asked);
    char *seen = printed(&a);
    assert_non_null(strstr(seen, "长颈鹿"));
    assert_non_null(strstr(seen, "\"known\":true"));
    free(before);
    free(after);
    free(seen);
}

/* --- hints ------------------------------------------------------------------------------------ */

static int64_t log_lines(void)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_prepare_v2(db, "select count(*) from access_log where kind = 'search'",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return count;
}

static void test_hints(void **state)
{
    (void)state;
    int64_t id = take_call("企鹅小区地下车库积水半米深，电梯停运", "13655556666", "", NULL);
    int64_t lines = log_lines();
    struct answer a = hints("operator", "{}");
    assert_int_equal(a.status, 200);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "duplicates")), 0);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "categories")), 0);
    drop(&a);
    assert_int_equal(log_lines(), lines);
    char body[512];
    snprintf(body, sizeof body,
             "{\"phone\":\"136 5555 6666\",\"place\":%s,\"text\":\"企鹅小区车库积水，电梯也停了\"}",
             place);
    for (int i = 0; i < 3; i++) {
        a = hints("operator", body);
        assert_int_equal(a.status, 200);
        const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "duplicates"), 0);
        assert_int_equal(json_int(cJSON_GetObjectItem(first, "order"), "id", 0), id);
        assert_true(json_int(first, "score", 0) >= 60);
        char *why = cJSON_PrintUnformatted(cJSON_GetObjectItem(first, "why"));
        assert_string_equal(why, "[\"同一号码\",\"同一地点\",\"内容相似\"]");
        free(why);
        const cJSON *caller = cJSON_GetObjectItem(a.json, "caller");
        assert_true(json_bool(caller, "known", false));
        assert_int_equal(json_int(caller, "open", 0), 1);
        drop(&a);
    }
    assert_int_equal(log_lines(), lines + 1);
    a = hints("operator2", body);
    drop(&a);
    a = hints("operator", "{\"phone\":\"13655556667\"}");
    drop(&a);
    assert_int_equal(log_lines(), lines + 3);
    a = hints("handler", body);
    expect_problem(&a, 403, "forbidden", NULL);
    assert_int_equal(log_lines(), lines + 3);
}

/* A matter known already is proposed without a word said: its place and its category. */
static void test_hints_without_words(void **state)
{
    (void)state;
    char body[160];
    take_words("树懒楼停水", "", NULL);
    snprintf(body, sizeof body, "{\"place\":%s,\"category\":\"%s\"}", place, category);
    struct answer a = hints("operator", body);
    assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "duplicates")) > 0);
    assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "units")) > 0);
    drop(&a);
    snprintf(body, sizeof body, "{\"place\":%s}", place);
    a = hints("operator", body);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(a.json, "duplicates")), 0);
    drop(&a);
}

/* --- articles --------------------------------------------------------------------------------- */

static enum status put_articles(struct db *db, void *user)
{
    (void)user;
    struct article a = {.id = 7001,
                        .source_no = "K-1",
                        .title = "不动产登记收费标准",
                        .body = "住宅类不动产登记每件八十元。\n非住宅每件五百五十元。",
                        .category_code = "",
                        .region_code = "",
                        .state = ARTICLE_PUBLISHED,
                        .updated_at = 1000,
                        .version = 1};
    enum status st = store_article_put(db, &a);
    a.id = 7002;
    a.source_no = "";
    a.state = ARTICLE_DRAFT;
    a.title = "不动产登记收费减免草案";
    if (!st)
        st = store_article_put(db, &a);
    a.id = 7003;
    a.state = ARTICLE_PUBLISHED;
    a.title = "不动产登记旧收费标准";
    a.valid_to = 2000;
    if (!st)
        st = store_article_put(db, &a);
    a = (struct article){.id = 7001,
                         .source_no = "K-1",
                         .title = "x",
                         .body = "",
                         .version = 1,
                         .category_code = "",
                         .region_code = ""};
    if (!st && store_article_put(db, &a) != ST_STALE)
        st = ST_CORRUPT;
    a.id = 7004;
    if (!st && store_article_put(db, &a) != ST_CONFLICT)
        st = ST_CORRUPT;
    struct arena *arena = arena_new();
    struct account *librarian = store_account_by_login(db, "operator", arena);
    librarian->id = 9004;
    librarian->login = "librarian9";
    librarian->roles = BIT(ROLE_LIBRARIAN);
    if (!st)
        st = store_account_put(db, librarian, false);
    arena_free(arena);
    return st;
}

static void test_articles(void **state)
{
    (void)state;
    with_store(put_articles);
    assert_int_equal(counted("handler", "/articles?q=不动产 收费"), 1);
    assert_int_equal(counted("librarian9", "/articles?q=不动产 收费"), 3);
    assert_int_equal(counted("librarian9", "/articles?q=五百五十元"), 3);
    assert_int_equal(counted("handler", "/articles?q=没有这个"), 0);
    struct answer a = get("/articles?q=收", token_of("handler"));
    expect_problem(&a, 422, "search-short", "q");
    a = get("/articles/7001", token_of("handler"));
    assert_int_equal(a.status, 200);
    assert_string_equal(json_text(a.json, "source_no", ""), "K-1");
    assert_non_null(strstr(json_text(a.json, "body", ""), "\n非住宅"));
    assert_null(strchr(json_text(a.json, "summary", "\n"), '\n'));
    drop(&a);
    static const char *const unseen[] = {"/articles/7002", "/articles/7003", "/articles/999999",
                                         "/articles/x", "/articles/-7001"};
    for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++) {
        a = get(unseen[i], token_of("handler"));
        expect_problem(&a, 404, "not-found", NULL);
    }
    a = get("/articles/7002", token_of("librarian9"));
    assert_int_equal(a.status, 200);
    drop(&a);
    a = get("/articles?limit=1", token_of("librarian9"));
    char target[96];
    snprintf(target, sizeof target, "/articles?limit=9&after=%s", json_text(a.json, "next", ""));
    drop(&a);
    assert_true(counted("librarian9", target) >= 2);
    a = hints("operator", "{\"text\":\"请问办理不动产登记收费标准是多少，要带什么\"}");
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "articles"), 0);
    assert_int_equal(json_int(first, "id", 0), 7001);
    drop(&a);
}

/* --- the index itself ------------------------------------------------------------------------- */

static enum status forget_index(struct db *db, void *user)
{
    (void)user;
    struct arena *arena = arena_new();
    int64_t *ids;
    size_t count = store_order_ids(db, arena, &ids);
    enum status st = ST_OK;
    for (size_t i = 0; i < count && !st; i++)
        st = store_search_delete(db, ids[i]);
    if (!st && store_search_complete(db))
        st = ST_CORRUPT;
    arena_free(arena);
    return st;
}

static void test_reindex(void **state)
{
    (void)state;
    struct error err = {ST_OK, ""};
    struct api_options options = {.database = path};
    struct store *store;
    int64_t id = take_words("鹈鹕巷停水", "", NULL);
    with_store(forget_index);
    assert_int_equal(found("operator", "鹈鹕", id), 0);
    api_close(api);
    assert_int_equal(store_open(path, &store, &err), ST_OK);
    assert_int_equal(index_all(store, &err, NULL, NULL), ST_OK);
    assert_true(store_search_complete(store_reader(store, &err)));
    store_close(store);
    assert_int_equal(api_open(&options, &api, &err), ST_OK);
    assert_int_equal(found("operator", "鹈鹕", id), 1);
}

/* A copy of the database tells nobody what was said. */
static void test_no_words_in_the_file(void **state)
{
    (void)state;
    sqlite3 *db;
    sqlite3_stmt *statement;
    take_words("猫头鹰岭停水", "", NULL);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "select (select count(*) from text_order where text_order match '猫头')"
                           " + (select count(*) from text_order_data where instr(block, cast('猫'"
                           " as blob)) > 0) + (select count(*) from order_words where"
                           " instr(words, cast('猫' as blob)) > 0)",
                           -1, &statement, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int64(statement, 0), 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"an order is found by all words of it, its place, its number and its source number",
         test_words, NULL, NULL, NULL},
        {"words are joined with every filter, and pages neither repeat nor leave out", test_filters,
         NULL, NULL, NULL},
        {"a merge brings its words along, and takes them back", test_changes, NULL, NULL, NULL},
        {"another category is found at once", test_classify, NULL, NULL, NULL},
        {"nothing that is masked is found, whole or in part", test_nothing_hidden_is_found, NULL,
         NULL, NULL},
        {"no query changes its answer with the hidden digits", test_hidden_digits_change_nothing,
         NULL, NULL, NULL},
        {"what lies outside the scope has no influence on results and hints", test_scope, NULL,
         NULL, NULL},
        {"hints know the caller and the matter, say why, and log a number once", test_hints, NULL,
         NULL, NULL},
        {"before a word is said, place and category propose what they share",
         test_hints_without_words, NULL, NULL, NULL},
        {"articles are read while they are published and valid; who keeps them sees all",
         test_articles, NULL, NULL, NULL},
        {"the index can be made anew", test_reindex, NULL, NULL, NULL},
        {"the database holds no word of what was said", test_no_words_in_the_file, NULL, NULL,
         NULL},
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
