/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files as they come: encodings, quotation marks, broken and endless lines. */
#include "platform/import/reader.h"
#include "tests/unit/platform_import.h"
#include <iconv.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const char *to_gb18030(struct fixture *f, const char *text, size_t *n)
{
    size_t left = strlen(text), room = 2 * left + 16, all = room;
    char *out = arena_alloc(f->arena, room), *to = out, *from = (char *)(size_t)text;
    iconv_t cd = iconv_open("GB18030", "UTF-8");
    assert_int_equal(iconv(cd, &from, &left, &to, &room), 0);
    (void)iconv_close(cd);
    *n = all - room;
    return out;
}

#define PLACES                                                                                        \
    "name,region,kind\n碧桂园,420281001001,estate\n湖滨路,420281001,road\n人民广场,420281," \
    "public\n"

static void a_mark_at_the_beginning_is_no_part_of_the_first_name(void **state)
{
    struct fixture *f = *state;
    ask_for("places", write_text(f, "places.csv", "\xEF\xBB\xBF" PLACES));
    expect(f, "3 rows: 3 new, 0 changed, 0 unchanged, 0 rejected");
    ask_for("places",
            write_text(f, "windows.csv", "name,region,kind\r\n碧桂园,420281001001,estate\r\n"));
    expect(f, "1 rows: 0 new, 0 changed, 1 unchanged, 0 rejected");
}

static void gb18030_is_known_by_itself_and_gives_the_same_rows(void **state)
{
    struct fixture *f = *state;
    size_t n;
    const char *bytes = to_gb18030(f, PLACES, &n);
    ask_for("places", write_bytes(f, "gb.csv", bytes, n));
    expect(f, "3 rows: 3 new, 0 changed, 0 unchanged, 0 rejected");
    assert_string_equal(result.encoding, "GB18030");
    ask_for("places", write_text(f, "utf8.csv", PLACES));
    expect(f, "3 rows: 0 new, 0 changed, 3 unchanged, 0 rejected");
    assert_string_equal(result.encoding, "UTF-8");
    /* The header may be Chinese too. */
    bytes = to_gb18030(f, "名称,区划,类型\n湖滨路,420281001,道路\n", &n);
    ask_for("places", write_bytes(f, "gb2.csv", bytes, n));
    expect(f, "1 rows: 0 new, 0 changed, 1 unchanged, 0 rejected");
}

static void one_bad_line_does_not_make_a_file_gb18030(void **state)
{
    struct fixture *f = *state;
    size_t n;
    const char *bad = to_gb18030(f, "湖滨路,420281001,road\n", &n);
    char *text = arena_printf(f->arena, "%s%.*s%s", "name,region,kind\n碧桂园,420281,estate\n",
                              (int)n, bad, "广场,420281,public\n");
    ask_for("places", write_text(f, "mixed.csv", text));
    expect(f, "3 rows: 2 new, 0 changed, 0 unchanged, 1 rejected");
    assert_string_equal(result.encoding, "UTF-8");
    const char *said = read_text(f, result.rejected_file);
    assert_non_null(strstr(said, "\n3,\"the line is not UTF-8 text"));
    assert_non_null(strstr(said, bad)); /* byte for byte */
    assert_string_equal(one_text(f, "select name from place where kind = 'public'"), "广场");
}

static void a_line_end_inside_quotation_marks_is_a_part_of_the_text(void **state)
{
    struct fixture *f = *state;
    ask_for("articles", write_text(f, "articles.csv",
                                   "source_no,title,body\r\n1,停水怎么办,\"先看公告。\r\n\r\n"
                                   "再打\"\"12345\"\"。\"\r\n2,水价,每吨两元\r\n"));
    expect(f, "2 rows: 2 new, 0 changed, 0 unchanged, 0 rejected");
    assert_string_equal(one_text(f, "select body from article where source_no = '1'"),
                        "先看公告。\r\n\r\n再打\"12345\"。");
}

static void a_quotation_mark_that_is_never_closed_takes_only_its_own_line(void **state)
{
    struct fixture *f = *state;
    ask_for("places", write_text(f, "open.csv",
                                 "name,region,kind\n甲,420281,road\n\"乙,420281,road\n"
                                 "丙,420281,road\n\"丁\",420281,road\n戊\"戊\"戊,420281,road\n"
                                 "己,420281,road\n\"庚,420281,road\n"));
    expect(f, "7 rows: 4 new, 0 changed, 0 unchanged, 3 rejected");
    const char *said = read_text(f, result.rejected_file);
    assert_non_null(strstr(said, "\n3,"));
    assert_non_null(strstr(said, "\n6,"));
    assert_non_null(strstr(said, "\n8,"));
    assert_int_equal(
        one_number(f, "select count(*) from place where name in ('甲','丙','丁','己')"), 4);
}

static void lines_that_are_not_taken_are_kept_with_number_and_reason(void **state)
{
    struct fixture *f = *state;
    static const char text[] = "name,region,kind\n甲,420281\n\n乙,999999,road\n丙\0丙,420281,road\n"
                               "丁,420281,castle\n,420281,road\n戊,420281,road\n";
    ask_for("places", write_bytes(f, "bad.csv", text, sizeof text - 1));
    expect(f, "6 rows: 1 new, 0 changed, 0 unchanged, 5 rejected");
    assert_string_equal(result.rejected_file, file_path(f, "bad.csv.rejected"));
    const char *said = read_text(f, result.rejected_file);
    assert_non_null(strstr(said, "rejected_line,rejected_reason,name,region,kind\n"
                                 "2,\"the line has 2 fields, the header has 3\",甲,420281\n"
                                 "4,\"“region”: there is no “999999” here\",乙,999999,road\n"
                                 "5,\"the line holds a NUL byte: it is no text\",丙"));
    /* Mended, it is a file like another. */
    ask_for("places", write_text(f, "mended.csv",
                                 "rejected_line,rejected_reason,name,region,kind\n"
                                 "6,\"…\",丁,420281,building\n"));
    options.language = LANGUAGE_ZH;
    expect(f, "1 rows: 1 new, 0 changed, 0 unchanged, 0 rejected");
    assert_string_equal(result.unused, "rejected_line, rejected_reason");
    assert_string_equal(result.rejected_file, "");
    assert_int_not_equal(access(file_path(f, "mended.csv.rejected"), F_OK), 0);
}

static void the_file_of_bad_lines_is_never_the_file_that_is_read(void **state)
{
    struct fixture *f = *state;
    const char *path = write_text(f, "x.csv.rejected", "name,region,kind\n甲,1,road\n");
    ask_for("places", path);
    options.rejected = path;
    refused(f, "which is read");
    assert_string_equal(read_text(f, path), "name,region,kind\n甲,1,road\n");
    options.rejected = NULL;
    expect(f, "1 rows: 0 new, 0 changed, 0 unchanged, 1 rejected");
    assert_string_equal(result.rejected_file, file_path(f, "x.csv.rejected.rejected"));
    options.rejected = f->directory;
    refused(f, "no file");
    options.rejected = file_path(f, "nowhere/bad.csv");
    assert_int_equal(run(f), ST_IO);
    assert_non_null(strstr(error.message, "No such file or directory"));
}

static void what_is_no_table_is_refused_before_anything_is_done(void **state)
{
    struct fixture *f = *state;
    ask_for("places", write_text(f, "empty", ""));
    refused(f, "is empty");
    ask_for("places", write_text(f, "blank", "\n \n"));
    refused(f, "is empty");
    ask_for("places", write_bytes(f, "binary", "PK\3\4\0\0\0\0name,region\n", 20));
    refused(f, "is no text");
    ask_for("places", write_bytes(f, "utf16", "\xFF\xFEn\0a\0", 6));
    refused(f, "UTF-16");
    ask_for("places", write_text(f, "others", "alpha,beta\n1,2\n"));
    refused(f, "has no column of places");
    ask_for("places", write_text(f, "few", "name,colour\n甲,red\n"));
    refused(f, "kind");
    ask_for("places", file_path(f, "absent"));
    refused(f, "No such file");
    ask_for("places", f->directory);
    refused(f, "is a directory");
    ask_for("castles", file_path(f, "absent"));
    refused(f, "no kind");
    assert_int_equal(one_number(f, "select count(*) from place"), 0);
}

static void columns_are_found_by_name_alias_or_map(void **state)
{
    struct fixture *f = *state;
    static const char *const maps[] = {"loc=region", "art=kind"};
    ask_for("places", write_text(f, "p.csv", "Place Name,loc,art,note\n甲,420281,road,x\n"));
    options.maps = maps;
    options.map_count = 2;
    expect(f, "1 rows: 1 new, 0 changed, 0 unchanged, 0 rejected");
    assert_string_equal(result.unused, "note");
    static const char *const wrong[] = {"loc=nothing"}, *const absent[] = {"who=name"};
    options.map_count = 1;
    options.maps = wrong;
    refused(f, "no column nothing");
    options.maps = absent;
    refused(f, "no such column");
    ask_for("places", write_text(f, "two.csv", "地点,小区,区划,类型\n甲,乙,420281,road\n"));
    refused(f, "two columns");
    static const char *const out[] = {"小区="};
    options.maps = out;
    options.map_count = 1;
    expect(f, "1 rows: 0 new, 0 changed, 1 unchanged, 0 rejected");
}

/* --- endless lines ---------------------------------------------------------------------------- */

static void a_line_beyond_all_measure_is_skipped_without_being_held(void **state)
{
    struct fixture *f = *state;
    enum { LONG = 96 << 20 };
    const char *path = write_text(f, "long.csv", "name,region,kind\n甲,420281,road\n");
    FILE *file = fopen(path, "r+e");
    assert_int_equal(fseek(file, LONG, SEEK_SET), 0);
    assert_true(fputs("\n乙,420281,road\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    struct rusage before, after;
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    ask_for("places", path);
    expect(f, "3 rows: 2 new, 0 changed, 0 unchanged, 1 rejected");
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    assert_true(after.ru_maxrss - before.ru_maxrss < 64 * 1024); /* kB */
    struct stat info;
    assert_int_equal(stat(result.rejected_file, &info), 0);
    assert_true(info.st_size < 4096);
}

/* A field of `n` letters in quotation marks, perhaps on many lines. */
static const char *with_field(struct fixture *f, size_t n, bool lines)
{
    char *text = arena_alloc(f->arena, n + 128);
    int at = snprintf(text, n + 128, "source_no,title,body\n1,停水,\"");
    for (size_t i = 0; i < n; i++)
        text[at++] = lines && i % 100 == 99 ? '\n' : 'a';
    memcpy(text + at, "\"\n2,水价,每吨两元\n", sizeof "\"\n2,水价,每吨两元\n");
    return text;
}

static void a_field_beyond_the_limit_is_given_up_and_the_next_line_is_read(void **state)
{
    struct fixture *f = *state;
    ask_for("articles", write_text(f, "big.csv", with_field(f, RECORD_BYTES_MAX + 10, false)));
    expect(f, "2 rows: 1 new, 0 changed, 0 unchanged, 1 rejected");
    ask_for("articles", write_text(f, "tall.csv", with_field(f, RECORD_BYTES_MAX + 10, true)));
    assert_int_equal(run(f), ST_OK);
    assert_int_equal(result.unchanged, 1);
    assert_int_equal(result.fresh, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, city_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_mark_at_the_beginning_is_no_part_of_the_first_name),
        TEST(gb18030_is_known_by_itself_and_gives_the_same_rows),
        TEST(one_bad_line_does_not_make_a_file_gb18030),
        TEST(a_line_end_inside_quotation_marks_is_a_part_of_the_text),
        TEST(a_quotation_mark_that_is_never_closed_takes_only_its_own_line),
        TEST(lines_that_are_not_taken_are_kept_with_number_and_reason),
        TEST(the_file_of_bad_lines_is_never_the_file_that_is_read),
        TEST(what_is_no_table_is_refused_before_anything_is_done),
        TEST(columns_are_found_by_name_alias_or_map),
        TEST(a_line_beyond_all_measure_is_skipped_without_being_held),
        TEST(a_field_beyond_the_limit_is_given_up_and_the_next_line_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
