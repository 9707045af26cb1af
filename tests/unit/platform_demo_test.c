/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demonstration city: divisions, units, matters, places, accounts. */
#include "tests/unit/platform_demo.h"

/* --- reference data ----------------------------------------------------------------------------
 */

static void the_city_has_its_18_streets_and_431_communities(void **state)
{
    (void)state;
    struct region *regions = NULL;
    size_t count = store_regions(city.db, city.arena, &regions), by_level[4] = {0};
    for (size_t i = 0; i < count; i++)
        by_level[regions[i].level]++;
    assert_int_equal(by_level[0], 1);
    assert_int_equal(by_level[1], 18);
    assert_int_equal(by_level[2], 431);
    assert_in_range(by_level[3], 2 * 431, 4 * 431);
    assert_string_equal(regions[0].name, "大冶市");
    assert_string_equal(store_meta_get(city.db, "city_name", city.arena), "大冶市");
    assert_string_equal(store_meta_get(city.db, "demo", city.arena), "1");
}

static void each_region_but_the_city_lies_in_another(void **state)
{
    (void)state;
    static const size_t above[4] = {0, 6, 9, 12};
    struct region *regions = NULL;
    size_t count = store_regions(city.db, city.arena, &regions);
    const char *last[4] = {"", "", "", ""};
    for (size_t i = 0; i < count; i++) {
        int32_t level = regions[i].level;
        last[level] = regions[i].code;
        if (level > 0)
            assert_memory_equal(regions[i].code, last[level - 1], above[level]);
    }
}

static void the_divisions_are_the_official_ones(void **state)
{
    (void)state;
    const char *data = getenv("MINQING_TEST_DATA");
    if (!data) {
        print_message("MINQING_TEST_DATA is not set: divisions not compared\n");
        skip();
    }
    char path[1024], line[512];
    snprintf(path, sizeof path, "%s/addresses/daye_divisions.csv", data);
    FILE *file = fopen(path, "r");
    if (!file) {
        print_message("%s is not there: divisions not compared\n", path);
        skip();
        return;
    }
    struct region *regions = NULL;
    size_t count = store_regions(city.db, city.arena, &regions), same = 0, lines = 0;
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file)) {
        const char *f[4];
        line[strcspn(line, "\r\n")] = '\0';
        demo_split(city.arena, line, f, 4);
        lines++;
        for (size_t i = 0; i < count; i++)
            same += (strcmp(regions[i].code, f[2]) == 0 &&
                     strcmp(regions[i].name, demo_short_name(city.arena, f[3])) == 0);
        for (size_t i = 0; i < count; i++)
            if (strcmp(regions[i].code, f[0]) == 0)
                assert_string_equal(regions[i].name, f[1]);
    }
    fclose(file);
    assert_int_equal(lines, 431);
    assert_int_equal(same, 431);
}

static void twelve_channels_flow_together(void **state)
{
    (void)state;
    struct channel *channels = NULL;
    assert_int_equal(store_channels(city.db, city.arena, &channels), 12);
    bool hotline = false;
    for (size_t i = 0; i < 12; i++) {
        hotline = hotline || strcmp(channels[i].code, "hotline12345") == 0;
        assert_true(strcmp(channels[i].callback_policy, "all") == 0 ||
                    strcmp(channels[i].callback_policy, "sample") == 0 ||
                    strcmp(channels[i].callback_policy, "elsewhere") == 0);
    }
    assert_true(hotline);
}

static void units_form_a_tree(void **state)
{
    (void)state;
    struct unit *units = NULL;
    size_t count = store_units(city.db, city.arena, &units), streets = 0;
    assert_true(count >= 80);
    for (size_t i = 0; i < count; i++) {
        streets += strcmp(units[i].kind, "street") == 0;
        const char *end = arena_printf(city.arena, "/%lld/", (long long)units[i].id);
        size_t n = strlen(units[i].path), m = strlen(end);
        assert_true(n >= m && strcmp(units[i].path + n - m, end) == 0);
        for (size_t k = 0; k < count; k++)
            if (units[k].id == units[i].parent_id)
                assert_memory_equal(units[i].path, units[k].path, strlen(units[k].path));
    }
    assert_int_equal(streets, 18);
}

static bool is_leaf(const struct category *categories, size_t count, size_t i)
{
    return i + 1 == count ||
           strncmp(categories[i + 1].code, categories[i].code, strlen(categories[i].code)) != 0;
}

/* All rows of the table of responsibilities that could apply to the category. */
static size_t rows_of(const char *category, struct responsibility **out)
{
    DEMO_LIST(struct responsibility) list = {0};
    struct db_rows *rows = db_query(city.db,
                                    "select id, category_code, region_code, owner_unit_id, unit_id,"
                                    " source, valid_from from responsibility",
                                    NULL, 0, NULL);
    while (rows && db_next(rows)) {
        const char *code = db_get_text(rows, 1);
        if (strncmp(category, code, strlen(code)) != 0)
            continue;
        *DEMO_ADD(city.arena, list) =
            (struct responsibility){.id = db_get_int(rows, 0),
                                    .category_code = arena_strdup(city.arena, code),
                                    .region_code = arena_strdup(city.arena, db_get_text(rows, 2)),
                                    .owner_unit_id = db_get_int(rows, 3),
                                    .unit_id = db_get_int(rows, 4),
                                    .source = arena_strdup(city.arena, db_get_text(rows, 5)),
                                    .reason = "",
                                    .valid_from = db_get_int(rows, 6)};
    }
    assert_int_equal(db_close(rows), ST_OK);
    *out = list.items;
    return list.count;
}

static void every_matter_has_a_suggestion_in_every_community(void **state)
{
    (void)state;
    struct category *categories = NULL;
    struct region *regions = NULL;
    size_t category_count = store_categories(city.db, city.arena, &categories);
    size_t region_count = store_regions(city.db, city.arena, &regions), leaves = 0, boundaries = 0;
    for (size_t i = 0; i < category_count; i++) {
        if (!is_leaf(categories, category_count, i))
            continue;
        leaves++;
        assert_int_equal(strlen(categories[i].code), 6);
        struct responsibility *rows = NULL;
        size_t row_count = rows_of(categories[i].code, &rows);
        for (size_t k = 0; k < region_count; k++) {
            struct matter matter = {categories[i].code, regions[k].code, 0, clock_now_ms()};
            struct suggestion found[SUGGESTIONS_MAX];
            if (regions[k].level != 2)
                continue;
            size_t n = suggest_units(rows, row_count, &matter, found);
            if (n == 0)
                fail_msg("%s has no unit in %s", categories[i].code, regions[k].code);
            boundaries += n > 1 && found[0].boundary;
        }
    }
    assert_in_range(leaves, 200, 260);
    assert_true(boundaries > 0);
}

static void a_component_is_its_owners(void **state)
{
    (void)state;
    struct responsibility *rows = NULL;
    size_t count = rows_of("010405", &rows);
    struct matter matter = {"010405", "420281001004001", 204, clock_now_ms()};
    struct suggestion found[SUGGESTIONS_MAX];
    assert_true(suggest_units(rows, count, &matter, found) > 0);
    assert_int_equal(found[0].unit_id, 204);
}

static void count_place(void *user, const struct place *place)
{
    size_t *count = user;
    ++*count;
    assert_true(utf8_valid(place->name, strlen(place->name)));
    assert_true(strlen(place->name) > 0);
    assert_int_equal(strlen(place->region_code), 15);
    if (strcmp(place->kind, "component") == 0) {
        assert_int_equal(strlen(place->component_code), 16);
        assert_true(place->owner_unit_id > 0);
    }
}

static void there_are_two_thousand_places_with_names_of_their_own(void **state)
{
    (void)state;
    size_t count = 0;
    assert_int_equal(store_places_each(city.db, count_place, &count), ST_OK);
    assert_int_equal(count, demo_small.places);
    assert_int_equal(number_of(city.db, "select count(distinct name) from place"),
                     demo_small.places);
    assert_int_equal(
        number_of(city.db,
                  "select count(*) from place where region_code not in (select code from region)"),
        0);
}

/* --- accounts ----------------------------------------------------------------------------------
 */

static void every_role_has_an_account_with_the_password(void **state)
{
    (void)state;
    static const char *const logins[] = {"operator",   "operator2",   "dispatcher", "handler",
                                         "handler2",   "handler3",    "callback",   "supervisor",
                                         "conference", "analyst",     "librarian",  "auditor",
                                         "admin",      "n_emergency", "n_economy",  "town_chengui"};
    struct account *accounts = NULL;
    size_t count = store_accounts(city.db, city.arena, &accounts);
    uint32_t roles = 0;
    for (size_t i = 0; i < count; i++) {
        roles |= accounts[i].roles;
        assert_true(accounts[i].demo);
        assert_string_equal(accounts[i].password_hash, accounts[0].password_hash);
    }
    assert_int_equal(roles, BIT(ROLE_COUNT) - 1);
    assert_int_equal(
        crypto_pwhash_str_verify(accounts[0].password_hash, demo_password, strlen(demo_password)),
        0);
    for (size_t i = 0; i < sizeof logins / sizeof logins[0]; i++)
        assert_non_null(store_account_by_login(city.db, logins[i], city.arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_city_has_its_18_streets_and_431_communities),
        cmocka_unit_test(each_region_but_the_city_lies_in_another),
        cmocka_unit_test(the_divisions_are_the_official_ones),
        cmocka_unit_test(twelve_channels_flow_together),
        cmocka_unit_test(units_form_a_tree),
        cmocka_unit_test(every_matter_has_a_suggestion_in_every_community),
        cmocka_unit_test(a_component_is_its_owners),
        cmocka_unit_test(there_are_two_thousand_places_with_names_of_their_own),
        cmocka_unit_test(every_role_has_an_account_with_the_password),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
