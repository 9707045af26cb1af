/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of import/ share: a database with a small city, files, and runs over them. */
#ifndef TESTS_UNIT_PLATFORM_IMPORT_H
#define TESTS_UNIT_PLATFORM_IMPORT_H

#include "platform/import/import.h"
#include "tests/unit/platform_store_fixture.h"

/* The last run. */
static struct import_options options;
static struct import_result result;
static struct error error;

static inline const char *file_path(struct fixture *f, const char *name)
{
    return arena_printf(f->arena, "%s/%s", f->directory, name);
}

static inline const char *write_bytes(struct fixture *f, const char *name, const void *bytes,
                                      size_t n)
{
    const char *path = file_path(f, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
    return path;
}

static inline const char *write_text(struct fixture *f, const char *name, const char *text)
{
    return write_bytes(f, name, text, strlen(text));
}

static inline const char *read_text(struct fixture *f, const char *path)
{
    static char text[1 << 16];
    (void)f;
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t n = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[n] = '\0';
    return text;
}

/* Sets what a run is asked for; the rest stays to be set by the test. */
static inline void ask_for(const char *kind, const char *file)
{
    options = (struct import_options){
        .kind = kind, .file = file, .policy = policy_default(), .language = LANGUAGE_EN};
}

static inline enum status run(struct fixture *f)
{
    return import_run(f->store, &options, &result, &error);
}

/* Runs and holds what became of the lines against `expected`, as the program says it. */
static inline void expect(struct fixture *f, const char *expected)
{
    char said[128];
    if (run(f) != ST_OK)
        fail_msg("%s", error.message);
    (void)snprintf(said, sizeof said, "%d rows: %d new, %d changed, %d unchanged, %d rejected",
                   (int)result.rows, (int)result.fresh, (int)result.changed, (int)result.unchanged,
                   (int)result.rejected);
    if (result.rejected && strcmp(said, expected) != 0 && *result.rejected_file)
        print_error("%s", read_text(f, result.rejected_file));
    assert_string_equal(said, expected);
}

static inline void refused(struct fixture *f, const char *part)
{
    assert_int_not_equal(run(f), ST_OK);
    if (!strstr(error.message, part))
        fail_msg("\"%s\" is not in \"%s\"", part, error.message);
    assert_int_equal(result.rows, 0);
}

static inline const char *one_text(struct fixture *f, const char *sql)
{
    struct db_rows *rows = db_query(fixture_db(f), arena_strdup(f->arena, sql), NULL, 0, NULL);
    assert_non_null(rows);
    const char *text = db_next(rows) ? arena_strdup(f->arena, db_get_text(rows, 0)) : "";
    assert_int_equal(db_close(rows), ST_OK);
    return text;
}

/* A city of one town with two villages, two channels, a small tree of matters, two units. */
static inline void make_city(struct fixture *f)
{
    ask_for("divisions", write_text(f, "divisions.csv",
                                    "code,name\n420281,大冶市\n420281001,东岳路街道\n"
                                    "420281001001,建设社区\n420281001002,保康社区\n"));
    expect(f, "4 rows: 4 new, 0 changed, 0 unchanged, 0 rejected");
    ask_for("channels", write_text(f, "channels.csv", "code,name\nletter,来信\nboard,留言板\n"));
    expect(f, "2 rows: 2 new, 0 changed, 0 unchanged, 0 rejected");
    ask_for("categories",
            write_text(f, "categories.csv",
                       "code,name,industry,limit,dispatch_limit,vital\n01,城乡建设,,,,\n"
                       "0101,供水,,,,\n010101,停水,water,24h,2h,是\n010102,水质,water,3d,,\n"));
    expect(f, "4 rows: 4 new, 0 changed, 0 unchanged, 0 rejected");
    ask_for("units", write_text(f, "units.csv",
                                "name,parent,kind\n市水务局,,department\n自来水公司,市水务局,"
                                "utility\n"));
    expect(f, "2 rows: 2 new, 0 changed, 0 unchanged, 0 rejected");
}

static inline int city_setup(void **state)
{
    fixture_setup(state);
    make_city(*state);
    return 0;
}

#endif
