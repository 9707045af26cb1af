/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verbs that look things up in the knowledge base. */
#include "core/buf.h"
#include "tui/l10n.h"
#include "tui/verbs_private.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

char *verbs_words(struct verbs *v, const char *complaint)
{
    struct buf words = BUF_EMPTY;
    for (int i = 0; i < v->argc; i++) {
        buf_add_text(&words, i ? " " : "");
        buf_add_text(&words, v->argv[i]);
    }
    if (words.length == 0) {
        verbs_complain("%s", complaint);
        buf_free(&words);
        return NULL;
    }
    return buf_take(&words);
}

static void print_article(const struct mq_article *a)
{
    verbs_print("%" PRId64 "  %s  %s%s%s\n", a->id, a->title,
                *a->category.path ? a->category.path : "",
                strcmp(a->state, "published") == 0 ? "" : "  ",
                strcmp(a->state, "published") == 0 ? "" : a->state_label);
}

int verb_articles(struct verbs *v)
{
    char *words = v->argc ? verbs_words(v, "") : strdup(""), *after = strdup("");
    bool first = true;
    int rc = words && after ? 0 : 1;
    while (!rc && after && (first || *after)) {
        struct answer answer = {0};
        struct mq_result *result =
            mq_articles(v->mq, words, NULL, after, 200, verbs_answer, &answer)
                ? verbs_wait(v, &answer)
                : NULL;
        free(after);
        after = NULL;
        first = false;
        rc = !result;
        if (!result)
            break;
        if (v->json)
            verbs_print_json(result);
        for (size_t i = 0; !v->json && i < result->count; i++)
            print_article(&result->articles[i]);
        after = strdup(result->next);
        mq_result_free(result);
    }
    free(after);
    free(words);
    return rc;
}

int verb_article(struct verbs *v)
{
    char *end = NULL;
    long long id = v->argc ? strtoll(v->argv[0], &end, 10) : 0;
    if (id <= 0 || *end) {
        verbs_complain("%s", _("which article? Give its number."));
        return 2;
    }
    struct answer answer = {0};
    struct mq_result *result =
        mq_article(v->mq, id, verbs_answer, &answer) ? verbs_wait(v, &answer) : NULL;
    if (!result)
        return 1;
    const struct mq_article *a = result->articles;
    if (v->json) {
        verbs_print_json(result);
    } else {
        print_article(a);
        if (a->unit.id)
            verbs_print(_("  kept by %s\n"), a->unit.name);
        if (*a->review_on)
            verbs_print(_("  to be reviewed on %s\n"), a->review_on);
        verbs_print("\n%s\n", a->body);
    }
    mq_result_free(result);
    return 0;
}
