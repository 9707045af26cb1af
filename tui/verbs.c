/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs without a screen: which there are, whose session they use, how they speak. */
#include "core/clock.h"
#include "core/text.h"
#include "tui/l10n.h"
#include "tui/verbs_private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static int verb_login(struct verbs *v);
static int verb_logout(struct verbs *v);

static const struct verb {
    const char *name, *words, *help;
    verb_function run;
} verbs[] = {
    {"login", "[NAME]", N_("open a session that the next verbs use"), verb_login},
    {"logout", "[everywhere]", N_("end that session, or all of the account"), verb_logout},
    {"password", "", N_("choose another password"), verb_password},
    {"sessions", "", N_("where the account is logged in"), verb_sessions},
    {"accounts", "[TEXT]", N_("the accounts, for administrators"), verb_accounts},
    {"account", "LOGIN unlock|reset|disable|enable|logout", N_("act on an account"), verb_account},
    {"queues", "", N_("the views of the account with their counts"), verb_queues},
    {"list", "[VIEW] [KEY=VALUE …]", N_("the orders of a view"), verb_list},
    {"search", "WORDS …", N_("the orders that hold all the words, or have that number"),
     verb_search},
    {"articles", "[WORDS …]", N_("knowledge articles that hold all the words"), verb_articles},
    {"article", "ID", N_("one knowledge article"), verb_article},
    {"show", "ORDER", N_("one order with all its parts"), verb_show},
    {"events", "ORDER", N_("what happened to an order"), verb_events},
    {"why", "ORDER deadline|state|suggestion|mask|ACTION", N_("where something comes from"),
     verb_why},
    {"intake", "FIELD=VALUE …", N_("take an appeal"), verb_intake},
    {"act", "ORDER ACTION [FIELD=VALUE …]", N_("do an action on an order"), verb_act},
    {"reveal", "ORDER REASON", N_("the citizen's data, with a reason"), verb_reveal},
    {"board", "[state|unit|street|category|channel]", N_("the supervision board"), verb_board},
    {"bulletin", "", N_("the bulletin of unsatisfied orders"), verb_bulletin},
    {"access", "[kind|account|order|from|to=VALUE …]", N_("who looked at personal data"),
     verb_access},
    {"find", "place|unit|category TEXT", N_("complete a name"), verb_find},
    {"watch", "", N_("follow what changes, a line each"), verb_watch},
};
enum { VERB_COUNT = sizeof verbs / sizeof verbs[0] };

/* --- speaking ------------------------------------------------------------------------------------
 */

static void print_to(FILE *stream, const char *format, va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0)
        return;
    struct buf clean = BUF_EMPTY;
    text_clean(&clean, text, strlen(text), true);
    char *bytes = clean.failed ? NULL : l10n_to_locale(clean.data ? clean.data : "");
    if (bytes)
        fputs(bytes, stream);
    free(bytes);
    buf_free(&clean);
    free(text);
}

void verbs_print(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_to(stdout, format, args);
    va_end(args);
}

void verbs_complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("minqing: ", stderr);
    print_to(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

void verbs_print_json(const struct mq_result *result)
{
    puts(result->json);
}

const char *verbs_time(int64_t ms, char out[VERBS_TIME_SIZE])
{
    char text[CLOCK_TEXT_SIZE];
    if (ms == 0)
        return "-";
    clock_format(ms, text);
    snprintf(out, VERBS_TIME_SIZE, "%.5s %.5s", text + 5, text + 11);
    return out;
}

/* --- waiting
 * --------------------------------------------------------------------------------------- */

void verbs_answer(void *user, struct mq_result *result)
{
    struct answer *answer = user;
    mq_result_keep(result);
    answer->done = true;
    answer->result = result;
}

int verbs_failed(struct mq_result *result)
{
    if (*result->field)
        verbs_complain("%s [%s]", result->message, result->field);
    else
        verbs_complain("%s", result->message);
    mq_result_free(result);
    return 1;
}

static struct mq_result *wait_any(struct verbs *v, struct answer *answer)
{
    while (!answer->done && mq_poll(v->mq, NULL, 0, -1)) {
    }
    return answer->result;
}

struct mq_result *verbs_wait(struct verbs *v, struct answer *answer)
{
    struct mq_result *result = wait_any(v, answer);
    if (!result) {
        verbs_complain("%s", _("the request could not be sent"));
        return NULL;
    }
    if (result->status != ST_OK) {
        verbs_failed(result);
        return NULL;
    }
    return result;
}

/* --- the session
 * ------------------------------------------------------------------------------------ */

/* Where the token of the last login is kept, for this account of the machine alone. */
static char *session_path(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char *directory = NULL, *path = NULL;
    int n = state && *state ? asprintf(&directory, "%s/minqing", state)
                            : asprintf(&directory, "%s/.local/state/minqing", home ? home : "");
    if (n < 0)
        return NULL;
    for (char *p = directory + 1; *p; p++) {
        if (*p == '/') {
            *p = '\0';
            mkdir(directory, 0700);
            *p = '/';
        }
    }
    mkdir(directory, 0700);
    n = asprintf(&path, "%s/session", directory);
    free(directory);
    return n < 0 ? NULL : path;
}

static bool write_session(const struct verbs *v, const char *token)
{
    char *path = session_path();
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    bool ok = fd >= 0 && dprintf(fd, "%s %s\n", v->options->url, token) > 0;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    if (!ok)
        verbs_complain("%s: %s", path ? path : "session", strerror(errno));
    free(path);
    return ok;
}

/* Takes the kept token if it is of the same platform. */
static bool read_session(struct verbs *v)
{
    char *path = session_path();
    FILE *file = path ? fopen(path, "re") : NULL;
    char line[512] = "";
    bool ok = file && fgets(line, sizeof line, file);
    if (file)
        fclose(file);
    free(path);
    char *space = strchr(line, ' ');
    if (!ok || !space)
        return false;
    *space = '\0';
    space[1 + strcspn(space + 1, "\n")] = '\0';
    if (strcmp(line, v->options->url) != 0)
        return false;
    mq_set_token(v->mq, space + 1);
    return true;
}

char *verbs_ask_secret(const char *prompt)
{
    struct termios old, quiet;
    char line[256] = "";
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &old))
        return NULL;
    quiet = old;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    fputs(prompt, stderr);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    bool ok = fgets(line, sizeof line, stdin) != NULL;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
    fputc('\n', stderr);
    line[strcspn(line, "\n")] = '\0';
    char *bytes = ok ? l10n_from_locale(line, strlen(line)) : NULL;
    explicit_bzero(line, sizeof line);
    return bytes;
}

static struct mq_result *log_in(struct verbs *v, const char *login)
{
    char *asked = v->options->password ? NULL : verbs_ask_secret(_("Password: "));
    const char *password = v->options->password ? v->options->password : asked;
    if (!password) {
        verbs_complain("%s", _("no password: set MINQING_PASSWORD or use a terminal"));
        return NULL;
    }
    struct answer answer = {0};
    bool sent = mq_login(v->mq, login, password, verbs_answer, &answer);
    struct mq_result *result = sent ? verbs_wait(v, &answer) : NULL;
    if (asked)
        explicit_bzero(asked, strlen(asked));
    free(asked);
    if (result && !v->options->language)
        l10n_language(result->account->language);
    if (result && result->must_change_password)
        verbs_complain("%s", _("the password has to be changed first: minqing password"));
    return result;
}

static int verb_login(struct verbs *v)
{
    const char *login = v->argc > 0 ? v->argv[0] : v->options->login;
    if (!login) {
        verbs_complain("%s", _("who? minqing login NAME"));
        return 2;
    }
    struct mq_result *result = log_in(v, login);
    if (!result)
        return 1;
    bool ok = write_session(v, result->token);
    if (v->json)
        verbs_print_json(result);
    else
        verbs_print("%s %s\n", result->account->name, result->city);
    mq_result_free(result);
    return ok ? 0 : 1;
}

static int verb_logout(struct verbs *v)
{
    struct answer answer = {0};
    bool everywhere = v->argc == 1 && strcmp(v->argv[0], "everywhere") == 0;
    if (v->argc > 0 && !everywhere) {
        verbs_complain("%s", _("logout, or logout everywhere?"));
        return 2;
    }
    if (!read_session(v))
        return 0;
    if (everywhere) {
        mq_logout_everywhere(v->mq, verbs_answer, &answer);
        if (!verbs_wait(v, &answer))
            return 1;
    } else {
        mq_logout(v->mq, verbs_answer, &answer);
        (void)wait_any(v, &answer);
    }
    mq_result_free(answer.result);
    char *path = session_path();
    if (path)
        unlink(path);
    free(path);
    return 0;
}

/* A kept session that is used goes on. What fails here fails again with the verb. */
static void renew_session(struct verbs *v)
{
    struct answer answer = {0};
    mq_renew(v->mq, verbs_answer, &answer);
    struct mq_result *result = wait_any(v, &answer);
    if (result && result->status == ST_OK)
        (void)write_session(v, result->token);
    mq_result_free(result);
}

/* --login NAME logs in for this verb alone; otherwise the kept session serves. */
static bool begin_session(struct verbs *v)
{
    if (v->options->login) {
        struct mq_result *result = log_in(v, v->options->login);
        mq_result_free(result);
        return result != NULL;
    }
    if (!read_session(v)) {
        verbs_complain("%s", _("not logged in: minqing login NAME"));
        return false;
    }
    struct answer answer = {0};
    mq_me(v->mq, verbs_answer, &answer);
    struct mq_result *result = verbs_wait(v, &answer);
    if (!result)
        return false;
    if (!v->options->language)
        l10n_language(result->account->language);
    if (result->renew_in_s == 0 && !result->must_change_password)
        renew_session(v);
    mq_result_free(result);
    return true;
}

/* --- which verb
 * ---------------------------------------------------------------------------------------- */

static int usage(const char *name)
{
    verbs_complain(_("there is no verb “%s”; these are:"), name);
    for (size_t i = 0; i < VERB_COUNT; i++)
        fprintf(stderr, "  minqing %s %s\n      %s\n", verbs[i].name, verbs[i].words,
                _(verbs[i].help));
    return 2;
}

int verbs_run(const struct verbs_options *options, int argc, char **argv)
{
    size_t i = 0;
    while (i < VERB_COUNT && strcmp(verbs[i].name, argv[0]) != 0)
        i++;
    if (i == VERB_COUNT)
        return usage(argv[0]);
    enum { WORDS_MAX = 64 };
    char *words[WORDS_MAX];
    struct verbs v = {.options = options, .json = options->json, .argv = words};
    for (int w = 1; w < argc; w++) {
        if (strcmp(argv[w], "--json") == 0)
            v.json = true;
        else if (v.argc < WORDS_MAX)
            words[v.argc++] = argv[w];
    }
    struct error err;
    struct mq_options mq_options = {.url = options->url,
                                    .language = l10n_chinese() ? "zh" : "en",
                                    .ca_file = options->ca_file,
                                    .plain_http = options->plain_http};
    v.mq = mq_new(&mq_options, &err);
    if (!v.mq) {
        verbs_complain("%s", err.message);
        return 1;
    }
    bool own_session = verbs[i].run == verb_login || verbs[i].run == verb_logout;
    int rc = own_session || begin_session(&v) ? verbs[i].run(&v) : 1;
    mq_free(v.mq);
    return rc;
}
