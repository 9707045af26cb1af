/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/buf.h"
#include "core/text.h"
#include "tui/edit_private.h"
#include "tui/l10n.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
/* readline wants stdio before it */
#include <readline/history.h>
#include <readline/readline.h>

enum { QUEUE_SIZE = 64, HISTORY_MAX = 200, CONTROL_D = 4 };

static unsigned char queue[QUEUE_SIZE]; /* bytes of a key on their way to readline */
static size_t queue_head, queue_tail;
static struct edit *focused;
static int history_at; /* the line of the history that is shown; history_length: none */

static int next_byte(FILE *stream)
{
    (void)stream;
    return queue_head == queue_tail ? EOF : queue[queue_head++];
}

static int byte_waits(void)
{
    return queue_head != queue_tail;
}

static void paint_later(void)
{
}

/* Enter never comes here, but a user's inputrc may accept a line by another key. Readline then
 * begins a new line; ours stays. */
static bool accepted;

static void line_accepted(char *line)
{
    accepted = true;
    free(line);
}

static void no_preparation(int meta)
{
    (void)meta;
}

/* A field has no history: it may hold personal data, and readline would share one undo list between
 * a line of its history and a field (so does its switch to vi keys). The `:` line's is kept here.
 */
static void forget_history_keys(void)
{
    static rl_command_func_t *const functions[] = {
        rl_get_previous_history,
        rl_get_next_history,
        rl_beginning_of_history,
        rl_end_of_history,
        rl_reverse_search_history,
        rl_forward_search_history,
        rl_noninc_reverse_search,
        rl_noninc_forward_search,
        rl_noninc_reverse_search_again,
        rl_noninc_forward_search_again,
        rl_history_search_backward,
        rl_history_search_forward,
        rl_history_substr_search_backward,
        rl_history_substr_search_forward,
        rl_operate_and_get_next,
        rl_yank_nth_arg,
        rl_yank_last_arg,
        rl_fetch_history,
        rl_newline,
        rl_vi_editing_mode,
    };
    static const char *const maps[] = {"emacs-standard", "emacs-meta", "emacs-ctlx", "vi-move",
                                       "vi-insert"};
    for (size_t m = 0; m < sizeof maps / sizeof *maps; m++) {
        Keymap map = rl_get_keymap_by_name(maps[m]);
        for (size_t i = 0; map && i < sizeof functions / sizeof *functions; i++)
            rl_unbind_function_in_map(functions[i], map);
    }
}

void edit_start(void)
{
    static bool started;
    if (started)
        return;
    started = true;
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    rl_prep_term_function = no_preparation;
    rl_deprep_term_function = NULL;
    rl_readline_name = "minqing";
    rl_getc_function = next_byte;
    rl_input_available_hook = byte_waits;
    rl_redisplay_function = paint_later;
    rl_outstream = fopen("/dev/null", "w");
    rl_inhibit_completion = 1;
    rl_bind_key('\t', rl_insert);
    stifle_history(HISTORY_MAX);
    rl_callback_handler_install("", line_accepted);
    rl_variable_bind("bell-style", "none");
    forget_history_keys();
}

const char *edit_text(const struct edit *edit)
{
    return edit->text ? edit->text : "";
}

const struct edit *edit_focused(void)
{
    return focused;
}

/* Readline's line becomes the edit's text. Returns true when it is another one. */
static bool sync_text(struct edit *edit)
{
    char *text = l10n_from_locale(rl_line_buffer, (size_t)rl_end);
    char *before = l10n_from_locale(rl_line_buffer, (size_t)rl_point);
    if (!text || !before) {
        free(text);
        free(before);
        return false;
    }
    bool changed = strcmp(text, edit_text(edit)) != 0;
    free(edit->text);
    edit->text = text;
    edit->point = strlen(before);
    free(before);
    return changed;
}

/* The edit's text becomes readline's line. */
static void load_text(const struct edit *edit, int clear_undo)
{
    const char *text = edit_text(edit);
    char *line = l10n_to_locale(text);
    char *head = strndup(text, edit->point);
    char *before = head ? l10n_to_locale(head) : NULL;
    if (line && before) {
        rl_replace_line(line, clear_undo);
        rl_point = (int)strlen(before);
    }
    free(line);
    free(head);
    free(before);
}

void edit_focus(struct edit *edit)
{
    if (edit == focused)
        return;
    if (focused && !focused->secret) {
        sync_text(focused);
        focused->undo = rl_undo_list;
        rl_undo_list = NULL;
    }
    focused = edit;
    rl_undo_list = NULL;
    if (edit && !edit->secret) {
        load_text(edit, 1);
        rl_undo_list = edit->undo;
        edit->undo = NULL;
        history_at = history_length;
    } else {
        rl_replace_line("", 1);
    }
}

void edit_free(struct edit *edit)
{
    if (focused == edit)
        edit_focus(NULL);
    if (edit->undo) {
        UNDO_LIST *in_use = rl_undo_list;
        rl_undo_list = edit->undo;
        rl_free_undo_list();
        rl_undo_list = in_use;
    }
    if (edit->text && edit->secret)
        explicit_bzero(edit->text, strlen(edit->text));
    free(edit->text);
    *edit = (struct edit){.secret = edit->secret};
}

void edit_set(struct edit *edit, const char *text)
{
    if (edit->secret) {
        secret_set(edit, text);
        return;
    }
    char *copy = strdup(text);
    if (!copy)
        return;
    free(edit->text);
    edit->text = copy;
    edit->point = strlen(copy);
    edit->scroll = 0;
    if (edit == focused)
        load_text(edit, 1);
}

static void feed(const char *bytes, size_t n)
{
    if (n > QUEUE_SIZE)
        return;
    memcpy(queue, bytes, n);
    queue_head = 0;
    queue_tail = n;
    while (byte_waits())
        rl_callback_read_char();
}

static const struct {
    int key;
    const char *bytes;
} sequences[] = {
    {K_LEFT, "\033[D"}, {K_RIGHT, "\033[C"},   {K_HOME, "\033[H"},
    {K_END, "\033[F"},  {K_DELETE, "\033[3~"}, {K_BACKSPACE, "\177"},
};

bool edit_key(int key)
{
    if (!focused)
        return false;
    if (focused->secret)
        return secret_key(focused, key);
    /* The end of the line, or of the input (C-d on an empty line), is not readline's to see. */
    if (key == '\r' || key == '\n' || (key == CONTROL_D && rl_end == 0))
        return false;
    char bytes[MB_LEN_MAX + 1];
    size_t n = 0;
    if (key & K_META)
        bytes[n++] = '\033';
    key &= ~K_META;
    if (key >= KEY_BASE) {
        for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
            if (sequences[i].key == key)
                feed(sequences[i].bytes, strlen(sequences[i].bytes));
        }
    } else if (key == K_BACKSPACE) {
        bytes[n++] = '\177';
        feed(bytes, n);
    } else {
        if (key >= ' ' && !text_is_safe((uint32_t)key))
            return false;
        mbstate_t state = {0};
        size_t more = wcrtomb(bytes + n, (wchar_t)key, &state);
        if (more == (size_t)-1)
            return false;
        feed(bytes, n + more);
    }
    if (accepted) {
        accepted = false;
        load_text(focused, 1);
        return false;
    }
    return sync_text(focused);
}

void edit_insert(const char *text, bool keep_lines)
{
    if (!focused)
        return;
    if (focused->secret) {
        secret_insert(focused, text);
        return;
    }
    struct buf clean = BUF_EMPTY;
    text_clean(&clean, text, strlen(text), keep_lines);
    char *line = clean.data ? l10n_to_locale(clean.data) : NULL;
    if (line)
        rl_insert_text(line);
    free(line);
    buf_free(&clean);
    sync_text(focused);
}

void edit_move(struct edit *edit, size_t point)
{
    edit->point = point;
    if (edit != focused || edit->secret)
        return;
    char *head = strndup(edit_text(edit), point);
    char *before = head ? l10n_to_locale(head) : NULL;
    if (before)
        rl_point = (int)strlen(before);
    free(head);
    free(before);
}

void edit_history(int step)
{
    if (!focused || focused->secret || history_length == 0)
        return;
    int wanted = history_at + step;
    if (wanted < 0 || wanted > history_length)
        return;
    history_at = wanted;
    HIST_ENTRY *entry = history_at < history_length ? history_get(history_base + history_at) : NULL;
    char *line = entry ? l10n_from_locale(entry->line, strlen(entry->line)) : NULL;
    edit_set(focused, line ? line : "");
    free(line);
}

void edit_remember(const char *line)
{
    HIST_ENTRY *last = history_length ? history_get(history_base + history_length - 1) : NULL;
    char *bytes = l10n_to_locale(line);
    if (bytes && *bytes && !(last && strcmp(last->line, bytes) == 0))
        add_history(bytes);
    free(bytes);
}
