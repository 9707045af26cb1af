/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of the lines of each kind. */
#include "core/clock.h"
#include "tests/unit/platform_import.h"
#include <inttypes.h>

/* Runs a file twice: what it brings, then that it brings nothing more. */
static void twice(struct fixture *f, const char *kind, const char *text, int fresh, int changed)
{
    int rows = fresh + changed;
    ask_for(kind, write_text(f, "twice.csv", text));
    expect(f, arena_printf(f->arena, "%d rows: %d new, %d changed, 0 unchanged, 0 rejected", rows,
                           fresh, changed));
    expect(f, arena_printf(f->arena, "%d rows: 0 new, 0 changed, %d unchanged, 0 rejected", rows,
                           rows));
}

/* One line that is rejected, and why. */
static void reject(struct fixture *f, const char *kind, const char *text, const char *why)
{
    ask_for(kind, write_text(f, "reject.csv", text));
    expect(f, "1 rows: 0 new, 0 changed, 0 unchanged, 1 rejected");
    const char *said = read_text(f, result.rejected_file);
    if (!strstr(said, why))
        fail_msg("\"%s\" is not in %s", why, said);
}

static void divisions_come_one_or_two_a_line(void **state)
{
    struct fixture *f = *state;
    ask_for("divisions",
            write_text(f, "d.csv",
                       "street_code,street_name,village_code,village_name\n"
                       "420222001000,兴国镇,420222001001,兴国社区\n420222001,兴国镇,420222001002,"
                       "宝塔社区\n"));
    expect(f, "2 rows: 0 new, 0 changed, 0 unchanged, 2 rejected");
    options.city = "阳新县";
    expect(f, "2 rows: 2 new, 0 changed, 0 unchanged, 0 rejected");
    expect(f, "2 rows: 0 new, 0 changed, 2 unchanged, 0 rejected");
    assert_string_equal(one_text(f, "select group_concat(code || level) from"
                                    " (select * from region where code like '420222%' order by "
                                    "code)"),
                        "4202220,4202220011,4202220010012,4202220010022");
    twice(f, "divisions", "code,name\n420281001001,建设路社区\n", 0, 1);
    assert_string_equal(one_text(f, "select value from meta where key = 'city_name'"), "大冶市");
    reject(f, "divisions", "code,name\n420281001009001,第一网格\n", "420281001009");
    reject(f, "divisions", "code,name\n4202810010,什么\n", "is no code");
}

static void a_unit_without_a_number_is_known_by_its_name(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(one_text(f, "select c.path = p.path || c.id || '/' from unit c join unit p"
                                    " on p.id = c.parent_id where c.name = '自来水公司'"),
                        "1");
    ask_for("units", write_text(f, "u.csv", "name,kind\n自来水公司,公用企业\n城管局,部门\n"));
    expect(f, "2 rows: 1 new, 0 changed, 1 unchanged, 0 rejected");
    expect(f, "2 rows: 0 new, 0 changed, 2 unchanged, 0 rejected");
}

static void units_are_changed_but_not_moved(void **state)
{
    struct fixture *f = *state;
    twice(f, "units", "id,name,kind,region\n77,城管局,department,420281\n", 1, 0);
    twice(f, "units", "id,name,region\n77,城市管理局,大冶市\n", 0, 1);
    assert_string_equal(one_text(f, "select name || kind || path from unit where id = 77"),
                        "城市管理局department/77/");
    reject(f, "units", "id,name,parent\n77,城市管理局,市水务局\n", "does not move");
    reject(f, "units", "name,parent\n新单位,没有的单位\n", "没有的单位");
    reject(f, "units", "name,kind\n新单位,castle\n", "castle");
}

static void matters_by_names_get_codes_in_order(void **state)
{
    struct fixture *f = *state;
    twice(f, "categories",
          "level1,level2,level3,limit\n城乡建设,供水,水压,5个工作日\n城乡建设,供气,停气,24h\n"
          "民政,社会救助,低保,\n民政,社会救助,医疗救助,\n",
          4, 0);
    assert_string_equal(one_text(f, "select group_concat(code || name) from (select * from category"
                                    " where code > '010102' order by code)"),
                        "010103水压,0102供气,010201停气,02民政,0201社会救助,020101低保,"
                        "020102医疗救助");
    assert_string_equal(one_text(f, "select limit_n || ' ' || limit_unit from category"
                                    " where code = '010103'"),
                        arena_printf(f->arena, "5 %d", (int)LIMIT_DAYS));
    /* What the file does not speak of stays. */
    twice(f, "categories", "code,name\n010102,水质异常\n", 0, 1);
    assert_string_equal(one_text(f, "select industry || limit_n from category"
                                    " where code = '010102'"),
                        "water3");
}

static void more_than_ninety_nine_under_one_are_refused(void **state)
{
    struct fixture *f = *state;
    char text[8192] = "level1,level2\n";
    for (int i = 0, n = (int)strlen(text); i < 101; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "政法,事项%d\n", i);
    ask_for("categories", write_text(f, "many.csv", text));
    expect(f, "101 rows: 99 new, 0 changed, 0 unchanged, 2 rejected");
    assert_non_null(strstr(read_text(f, result.rejected_file), "99 matters under “政法”"));
}

static void places_without_numbers_keep_theirs(void **state)
{
    struct fixture *f = *state;
    ask_for("places", write_text(f, "p.csv", "name\n碧桂园\n奥山星城\n碧桂园\n"));
    options.region = "420281";
    refused(f, "--kind");
    options.place_kind = "castle";
    refused(f, "castle");
    options.place_kind = "estate";
    expect(f, "3 rows: 2 new, 0 changed, 1 unchanged, 0 rejected");
    int64_t id = one_number(f, "select id from place where name = '碧桂园'");
    assert_true(id > 0 && id < INT64_C(1) << 53);
    expect(f, "3 rows: 0 new, 0 changed, 3 unchanged, 0 rejected");
    assert_int_equal(run_sql(f, "delete from place"), ST_OK);
    expect(f, "3 rows: 2 new, 0 changed, 1 unchanged, 0 rejected");
    assert_int_equal(one_number(f, "select id from place where name = '碧桂园'"), id);
    /* The same name elsewhere is another place. */
    options.region = "420281001001";
    expect(f, "3 rows: 2 new, 0 changed, 1 unchanged, 0 rejected");
    options.region = "999";
    refused(f, "no region 999");
}

static void components_are_known_by_their_code_and_have_owners(void **state)
{
    struct fixture *f = *state;
    twice(f, "components",
          "component_code,name,region,owner\n4202810102000001,湖滨路井盖1,420281001,自来水公司\n",
          1, 0);
    twice(f, "components",
          "component_code,name,region,owner\n4202810102000001,湖滨路井盖一,420281001,市水务局\n", 0,
          1);
    assert_string_equal(one_text(f, "select p.kind || u.name from place p join unit u"
                                    " on u.id = p.owner_unit_id"),
                        "component市水务局");
}

static void responsibility_and_holidays_say_who_and_when(void **state)
{
    struct fixture *f = *state;
    twice(f, "responsibility",
          "category,region,unit,reason\n0101,,自来水公司,三定方案\n城乡建设/供水/停水,东岳路街道,"
          "市水务局,\n",
          2, 0);
    twice(f, "responsibility", "category,region,unit,reason\n0101,,自来水公司,权责清单\n", 0, 1);
    reject(f, "responsibility", "category,unit\n0909,自来水公司\n", "0909");
    reject(f, "responsibility", "category,unit\n0101,0\n", "“unit” is empty");
    twice(f, "holidays", "date,name,is_workday\n2026-10-01,国庆节,0\n2026/10/10,国庆节,1\n", 2, 0);
    reject(f, "holidays", "date,name,is_workday\n2026-02-30,,0\n", "2026-02-30");
    reject(f, "holidays", "date,name,is_workday\n2026-02-20,,perhaps\n", "perhaps");
}

static void accounts_come_without_passwords_and_with_their_scope(void **state)
{
    struct fixture *f = *state;
    twice(f, "accounts",
          "login,name,roles,unit,scope\nwang,王芳,受理员；派单员,市水务局,region:420281001\n"
          "li,李明,handler,自来水公司,unit; channel:letter\nroot,赵,administrator,,\n",
          3, 0);
    assert_string_equal(one_text(f, "select password_hash || must_change || sees_orders"
                                    " from account where login = 'li'"),
                        "11");
    assert_string_equal(
        one_text(f, "select group_concat(dimension || ':' || value = 'unit:' || u.path or"
                    " dimension = 'channel') from scope s join account a on a.id = s.account_id"
                    " join unit u on u.id = a.unit_id where login = 'li'"),
        "1,1");
    twice(f, "accounts", "login,name,roles,scope\nli,李明,handler,unit:市水务局\n", 0, 1);
    assert_int_equal(one_number(f, "select count(*) from scope s join account a"
                                   " on a.id = s.account_id where login = 'li'"),
                     1);
    reject(f, "accounts", "login,name,roles,scope\nli,李明,handler,region:7\n", "region:7");
    reject(f, "accounts", "login,name,roles\n李,李明,handler\n", "a login has");
    reject(f, "accounts", "login,name,roles\nho,何,king\n", "king");
    reject(f, "accounts", "login,name,roles\nroot,赵,handler\n", "the last administrator");
    assert_int_equal(one_number(f, "select count(*) from access_log where kind = 'created'"), 3);
}

static void articles_grow_a_version_with_each_change(void **state)
{
    struct fixture *f = *state;
    twice(f, "articles",
          "id,question,answer,category,owner,valid_to\nK1,停水怎么办,看公告,0101,自来水公司,"
          "2027-01-01\n",
          1, 0);
    twice(f, "articles", "id,question,answer\nK1,停水怎么办,先看公告\n", 0, 1);
    assert_string_equal(
        one_text(f, "select body || version || category_code || state from article"),
        "先看公告20101published");
}

/* --- appeals ---------------------------------------------------------------------------------- */

#define HEADER "id,user,title,time,detail\n"
#define FIRST                                                                                      \
    HEADER "188006,A00102948,路灯不亮,2019-02-28 11:25:05,我是A00102948，电话13812345678。\n"

static struct order_case *only_order(struct fixture *f)
{
    int64_t id = one_number(f, "select max(id) from orders");
    struct order_case *c = store_case_load(fixture_db(f), 0, id, f->arena);
    assert_non_null(c);
    return c;
}

static int64_t moment(const char *text)
{
    int64_t ms;
    assert_true(clock_parse(text, &ms));
    return ms;
}

static void an_appeal_is_received_with_the_deadline_of_its_own_time(void **state)
{
    struct fixture *f = *state;
    ask_for("appeals", write_text(f, "a.csv", FIRST));
    refused(f, "--channel");
    options.channel = "phone";
    refused(f, "no channel phone");
    options.channel = "board";
    expect(f, "1 rows: 1 new, 0 changed, 0 unchanged, 0 rejected");
    expect(f, "1 rows: 0 new, 0 changed, 1 unchanged, 0 rejected");
    const struct order *o = &only_order(f)->order;
    assert_int_equal(o->state, ORDER_RECEIVED);
    assert_int_equal(o->kind, KIND_COMPLAINT);
    assert_string_equal(o->category_code, "");
    assert_string_equal(o->region_code, "420281");
    assert_string_equal(o->place_text, "");
    assert_int_equal(o->received_at, moment("2019-02-28T11:25:05+08:00"));
    assert_int_equal(o->deadline_at, moment("2019-03-07T17:30:00+08:00"));
    assert_int_equal(strncmp(o->number, "190228-", 7), 0);
    assert_int_equal(o->needs, BIT(NEED_INTAKE));
    /* The name of the account and the number are the citizen's; outside they are masked. */
    assert_null(strstr(o->title, "A00102948"));
    struct appeal *appeals;
    assert_int_equal(store_appeals(fixture_db(f), o->id, f->arena, &appeals), 1);
    assert_string_equal(appeals->source_no, "188006");
    assert_string_equal(store_person(fixture_db(f), appeals->person_id, f->arena)->name,
                        "A00102948");
    assert_string_equal(store_statement(fixture_db(f), appeals->statement_id, f->arena)->text,
                        "路灯不亮\n我是A00102948，电话13812345678。");
    struct event *events;
    assert_int_equal(store_events(fixture_db(f), o->id, f->arena, &events), 1);
    assert_int_equal(events->done_at, o->received_at);
    assert_true(events->arrived_at > o->received_at);
    assert_int_equal(store_chain_verify(fixture_db(f), o->id, &error), ST_OK);
}

static void what_was_received_is_compared_and_never_changed(void **state)
{
    struct fixture *f = *state;
    ask_for("appeals", write_text(f, "a.csv", FIRST));
    options.channel = "board";
    expect(f, "1 rows: 1 new, 0 changed, 0 unchanged, 0 rejected");
    write_text(f, "a.csv", HEADER "188006,A00102948,路灯不亮,2019-02-28 11:25:05,另一段话\n");
    expect(f, "1 rows: 0 new, 0 changed, 0 unchanged, 1 rejected");
    assert_non_null(strstr(read_text(f, result.rejected_file), "as order 190228-"));
    options.channel = "letter"; /* another channel, another count */
    expect(f, "1 rows: 1 new, 0 changed, 0 unchanged, 0 rejected");
}

static void an_appeal_brings_all_that_its_columns_say(void **state)
{
    struct fixture *f = *state;
    ask_for("appeals",
            write_text(f, "a.csv",
                       "编号,渠道,类型,姓名,电话,身份证号,保密,事项,地点,区划,紧急,内容,时间,时限\n"
                       "7,letter,求助,王小芳,１３８-1234-5678,420281199001011237,是,"
                       "城乡建设/供水/停水,湖滨路12号王小芳家,东岳路街道,1,停水两天,"
                       "2026年11月18日 9:05,2026/11/19 8:00\n"));
    expect(f, "1 rows: 1 new, 0 changed, 0 unchanged, 0 rejected");
    const struct order *o = &only_order(f)->order;
    assert_int_equal(o->kind, KIND_HELP);
    assert_string_equal(o->category_code, "010101");
    assert_string_equal(o->industry, "water");
    assert_string_equal(o->region_code, "420281001");
    assert_true(o->urgent && o->confidential);
    assert_null(strstr(o->place_text, "王"));
    assert_int_equal(o->received_at, moment("2026-11-18T09:05:00+08:00"));
    assert_int_equal(o->deadline_at, moment("2026-11-19T08:00:00+08:00"));
    int64_t *ids;
    assert_int_equal(
        store_persons_by_number(fixture_db(f), NUMBER_PHONE, "13812345678", f->arena, &ids), 1);
}

static void an_appeal_that_cannot_be_is_rejected(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *line, *why;
    } cases[] = {
        {",u,t,2019-02-28 11:25:05,d\n", "“source_no” is empty"},
        {"1,u,t,2019-02-28 11:25:05,\n", "“words” is empty"},
        {"1,u,t,2019-02-29 11:25:05,d\n", "is no time"},
        {"1,u,t,yesterday,d\n", "is no time"},
        {"1,u,t,2139-01-01 00:00:00,d\n", "lies in the future"},
        {"1,\"u\nv\",t,2019-02-28 11:25:05,d\n", "more than one line"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ask_for("appeals",
                write_text(f, "a.csv", arena_printf(f->arena, HEADER "%s", cases[i].line)));
        options.channel = "board";
        expect(f, "1 rows: 0 new, 0 changed, 0 unchanged, 1 rejected");
        if (!strstr(read_text(f, result.rejected_file), cases[i].why))
            fail_msg("\"%s\" is not in %s", cases[i].why, read_text(f, result.rejected_file));
    }
    reject(f, "appeals", "id,channel,time,words,category\n1,board,2019-01-01,d,0101\n",
           "finer matters");
    reject(f, "appeals", "id,channel,time,words,phone\n1,board,2019-01-01,d,no\n",
           "no phone number");
    reject(f, "appeals",
           "id,channel,time,words,identity\n1,board,2019-01-01,d,42028119900101123X\n",
           "no identity");
    reject(f, "appeals", "id,channel,time,words\n1,phone,2019-01-01,d\n", "“phone”");
    assert_int_equal(one_number(f, "select count(*) from orders"), 0);
}

static void a_dry_run_says_the_same_and_writes_nothing(void **state)
{
    struct fixture *f = *state;
    char text[64 * 1024] = HEADER;
    for (int i = 0, n = (int)strlen(text); i < 700; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%d,u,t,2019-02-28 11:25:05,词%d\n",
                      i % 690, i % 690);
    ask_for("appeals", write_text(f, "a.csv", text));
    options.channel = "board";
    options.dry_run = true;
    expect(f, "700 rows: 690 new, 0 changed, 10 unchanged, 0 rejected");
    assert_int_equal(one_number(f, "select count(*) from orders"), 0);
    assert_int_equal(one_number(f, "select count(*) from statement"), 0);
    write_text(f, "b.csv", HEADER "1,u,t,never,x\n");
    options.file = file_path(f, "b.csv");
    expect(f, "1 rows: 0 new, 0 changed, 0 unchanged, 1 rejected");
    assert_int_not_equal(access(file_path(f, "b.csv.rejected"), F_OK), 0);
    options.file = file_path(f, "a.csv");
    options.dry_run = false;
    expect(f, "700 rows: 690 new, 0 changed, 10 unchanged, 0 rejected");
}

static void what_a_broken_run_left_out_the_next_one_brings(void **state)
{
    struct fixture *f = *state;
    char text[64 * 1024] = HEADER;
    int n = (int)strlen(text);
    for (int i = 0; i < 1200; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%d,u,t,2019-02-28 11:25:05,词\n", i);
    ask_for("appeals", write_text(f, "a.csv", text));
    options.channel = "board";
    /* The 1101st order finds no room: its batch is not kept, those before it are. */
    assert_int_equal(run_sql(f, "create trigger full before insert on orders when"
                                " (select count(*) from orders) = 1100 begin"
                                " select raise(abort, 'disk full'); end"),
                     ST_OK);
    assert_int_not_equal(run(f), ST_OK);
    assert_non_null(strstr(error.message, "lines 1002 to 1201"));
    assert_int_equal(result.fresh, 1000);
    assert_int_equal(one_number(f, "select count(*) from orders"), 1000);
    assert_int_equal(run_sql(f, "drop trigger full"), ST_OK);
    expect(f, "1200 rows: 200 new, 0 changed, 1000 unchanged, 0 rejected");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, city_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(divisions_come_one_or_two_a_line),
        TEST(a_unit_without_a_number_is_known_by_its_name),
        TEST(units_are_changed_but_not_moved),
        TEST(matters_by_names_get_codes_in_order),
        TEST(more_than_ninety_nine_under_one_are_refused),
        TEST(places_without_numbers_keep_theirs),
        TEST(components_are_known_by_their_code_and_have_owners),
        TEST(responsibility_and_holidays_say_who_and_when),
        TEST(accounts_come_without_passwords_and_with_their_scope),
        TEST(articles_grow_a_version_with_each_change),
        TEST(an_appeal_is_received_with_the_deadline_of_its_own_time),
        TEST(what_was_received_is_compared_and_never_changed),
        TEST(an_appeal_brings_all_that_its_columns_say),
        TEST(an_appeal_that_cannot_be_is_rejected),
        TEST(a_dry_run_says_the_same_and_writes_nothing),
        TEST(what_a_broken_run_left_out_the_next_one_brings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
