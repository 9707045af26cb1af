/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of client/ share. The only header here that knows curl and cJSON.
 *
 * A call goes QUEUED -> FLYING -> READY. A failed attempt sends it back to QUEUED with a pause.
 * Only mq_poll moves calls, and callbacks run only from its end, never from within curl. */
#ifndef CLIENT_PRIVATE_H
#define CLIENT_PRIVATE_H

#include "client/minqing.h"
#include "core/arena.h"
#include "core/buf.h"
#include "core/frame.h"
#include "core/json.h"
#include <curl/curl.h>
#include <signal.h>

enum {
    CALLS_FLYING_MAX = 2, /* connections for calls; the feed has its own */
    KEY_MAX = 64,         /* bytes of an idempotency key */
    TOKEN_MAX = 512,
    ANSWER_MAX = 8 * 1024 * 1024, /* bytes; a foreign machine shall not fill this one's memory */
    CURSOR_MAX = 64,              /* bytes of a place in the feed */
    ITEMS_MAX = 10000,            /* of one array; the platform sends at most 200 of anything */
    PAUSE_MS = 100,               /* before the second attempt; doubled each time */
    PAUSE_MAX_MS = 2000,
    BUSY_TRIES = 4,         /* attempts while the platform says 503, or 429 to a read */
    RETRY_AFTER_MAX_S = 10, /* a read waits so long by itself */
    ORPHAN_MS = 1000,       /* a cancelled request may hold a wanted connection for so long */
    FEED_STALLS =
        5, /* the feed is lost after so many stall times: 150 s, heartbeats come each 60 */
    FEED_PAUSE_MS = 1000,
    FEED_PAUSE_MAX_MS = 30000,
};

/* ---- messages of our own ----------------------------------------------------------------- */

enum message {
    MESSAGE_NOT_REACHED,
    MESSAGE_MALFORMED,
    MESSAGE_TOO_LARGE,
    MESSAGE_REFUSED,
    MESSAGE_BUSY,
    MESSAGE_FAILED,
    MESSAGE_NO_MEMORY,
    MESSAGE_BAD_INPUT,
    MESSAGE_FEED_LOST,
    MESSAGE_FEED_GONE,
    MESSAGE_COUNT,
};
/* How a transfer ended. */
struct ending {
    CURLcode code;
    long verified;         /* of the certificate: OpenSSL's X509_V_…, 0 its chain is good */
    int64_t retry_after_s; /* as the platform wants it, 0 not said */
};
bool language_is_english(const char *language);
/* The sentence in the language, with `detail` in brackets unless that is "". */
const char *message_text(struct arena *arena, bool english, enum message message,
                         const char *detail);
/* Why the platform was not reached, in the language. */
const char *message_reason(const struct ending *ending, bool english);
/* True where trying again is of no use: the address, not the line, is wrong. */
bool message_is_final(CURLcode code);
/* True where somebody answered, but not HTTP. */
bool message_is_corrupt(CURLcode code);

static inline int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- results ----------------------------------------------------------------------------- */

struct answer {
    struct mq_result result; /* first: an mq_result of ours is an answer */
    struct arena *arena;
    char *body;         /* result.json, owned; NULL while there is none */
    int64_t dictionary; /* login, me: number of the feed's; 0 none */
    bool reset;         /* a frame: all is to be read again */
    bool kept;
    bool delivering; /* its callback runs: who frees it then gives it back to be freed after */
};

/* NULL without memory. */
struct answer *answer_new(void);
/* Takes the body over and fills the result from it: by `decode` where the platform did it, as a
 * problem otherwise. */
typedef bool (*decode_fn)(struct answer *answer, const cJSON *json);
void answer_fill(struct answer *answer, int http_status, char *body, size_t length,
                 decode_fn decode, bool english);
/* Makes it a failure of our own. */
void answer_fail(struct answer *answer, enum status status, bool english, enum message message,
                 const char *detail);
/* Calls back and frees unless it was kept. */
void answer_deliver(struct answer *answer, mq_done done, void *user);

/* ---- decoders: false when the answer is not what the contract says ----------------------- */

bool decode_nothing(struct answer *answer, const cJSON *json);
bool decode_session(struct answer *answer, const cJSON *json); /* login and me */
bool decode_renewal(struct answer *answer, const cJSON *json);
bool decode_password_rules(struct answer *answer, const cJSON *json);
bool decode_initial_password(struct answer *answer, const cJSON *json);
bool decode_sessions(struct answer *answer, const cJSON *json);
bool decode_accounts(struct answer *answer, const cJSON *json);
bool decode_health(struct answer *answer, const cJSON *json);
bool decode_actions(struct answer *answer, const cJSON *json);
bool decode_queues(struct answer *answer, const cJSON *json);
bool decode_orders(struct answer *answer, const cJSON *json);
bool decode_order(struct answer *answer, const cJSON *json);
bool decode_events(struct answer *answer, const cJSON *json);
bool decode_why(struct answer *answer, const cJSON *json);
bool decode_reveal(struct answer *answer, const cJSON *json);
bool decode_places(struct answer *answer, const cJSON *json);
bool decode_units(struct answer *answer, const cJSON *json);
bool decode_categories(struct answer *answer, const cJSON *json);
bool decode_channels(struct answer *answer, const cJSON *json);
bool decode_kinds(struct answer *answer, const cJSON *json);
bool decode_suggestions(struct answer *answer, const cJSON *json);
bool decode_articles(struct answer *answer, const cJSON *json);
bool decode_article(struct answer *answer, const cJSON *json);
bool decode_hints(struct answer *answer, const cJSON *json);
bool decode_board(struct answer *answer, const cJSON *json);
bool decode_bulletin(struct answer *answer, const cJSON *json);
bool decode_access(struct answer *answer, const cJSON *json);
bool decode_frame(struct answer *answer, const cJSON *json);

/* The parts that several decoders need (decode_parts.c). Texts are copied, never NULL. */
const char *part_text(struct arena *arena, const cJSON *object, const char *name);
/* A member that is a text, or an object with a name. */
const char *part_name(struct arena *arena, const cJSON *object, const char *name);
/* A value of any kind as the text of a form's field: ids of objects, items separated by commas. */
const char *part_value(struct arena *arena, const cJSON *value);
/* The value as JSON text, integers in digits. */
const char *part_json(struct arena *arena, const cJSON *value);
int part_small(const cJSON *object, const char *name, int otherwise);
struct mq_ref part_ref(struct arena *arena, const cJSON *object, const char *name);
struct mq_ref part_ref_of(struct arena *arena, const cJSON *value);
/* The texts of an array. */
const char **part_texts(struct arena *arena, const cJSON *array, size_t *count);
/* A place in the feed; "" when there is none that can be asked for. */
const char *part_cursor(struct arena *arena, const cJSON *object);
/* The array of that name; NULL when there is none or it is absurdly long. `*count` gets its
 * length. */
const cJSON *part_array(const cJSON *object, const char *name, size_t *count);
/* Reads an order, with its detail where `detail`. False when it is none. */
bool part_order(struct arena *arena, const cJSON *json, bool detail, struct mq_order *order);
struct mq_appeal part_appeal(struct arena *arena, const cJSON *json);
/* The suggestions of an array; never NULL. */
const struct mq_suggestion *part_suggestions(struct arena *arena, const cJSON *array, size_t count);
const struct mq_queue *part_queues(struct arena *arena, const cJSON *array, size_t *count);
const struct mq_choice *part_choices(struct arena *arena, const cJSON *array, size_t *count);

/* ---- calls ------------------------------------------------------------------------------- */

enum method { METHOD_GET, METHOD_POST, METHOD_DELETE };
/* HELD: a completion that waits until the one before it has landed. */
enum call_state { CALL_HELD, CALL_QUEUED, CALL_FLYING, CALL_READY };

/* One completion field: one call in flight, the newest waits. */
struct channel {
    struct call *current; /* queued, in flight or ready */
    struct call *held;
};

struct call {
    struct call *next;
    enum call_state state;
    mq_done done;
    void *user;
    decode_fn decode;
    void (*arrived)(struct mq *mq, struct call *call); /* the client's own part, before `done` */
    struct channel *channel;                           /* NULL: no completion */
    struct answer *answer;

    enum method method;
    char *url;
    char *body; /* kept byte for byte: a repeated key wants the same body */
    size_t body_length;
    char key[KEY_MAX + 1]; /* idempotency key, "" none */
    char *token;           /* of who asked: another may have logged in before the next attempt */
    int64_t version;       /* If-Match, -1 none */

    int64_t began_at;    /* ticks */
    int64_t due_at;      /* not to be tried before */
    int64_t alive_at;    /* last byte of this attempt */
    int64_t moved;       /* bytes of this attempt so far */
    int64_t lost_at;     /* since when the platform is not reached, 0 when it is */
    int64_t orphaned_at; /* cancelled in flight, 0 not */
    unsigned attempts;
    CURL *easy;
    struct curl_slist *headers;
    struct buf received;
    bool abandoned; /* nobody wants the answer any more */
    bool too_large;
    bool secret; /* the body holds a password */
};

enum feed_state { FEED_OFF, FEED_PAUSED, FEED_CONNECTING, FEED_OPEN };

struct feed {
    enum feed_state state;
    mq_done done;
    void *user;
    unsigned generation; /* of mq_follow, so that a callback may replace the feed */
    char token[TOKEN_MAX + 1];
    char cursor[CURSOR_MAX + 1];
    enum frame_coding coding; /* as asked for on this connection */
    struct frame_reader *reader;
    CURL *easy;
    struct curl_slist *headers;
    char *url;
    struct buf received; /* frames not yet delivered, or the body of a refusal */
    size_t taken;        /* bytes of it that are delivered */
    int64_t alive_at, due_at, pause_ms;
    int http_status;  /* of this connection, 0 none yet */
    bool ended;       /* the connection is gone, which the caller hears after the last frame */
    bool told_lost;   /* the caller knows that the line is down */
    bool announced;   /* the caller knows that it is up */
    bool unreachable; /* the last attempt found nobody */
    struct ending ending;
};

struct mq {
    CURLM *multi;
    char *base;    /* URL up to and with "/api/v1" */
    char *host;    /* for messages */
    char *ca_file; /* NULL: the system's certificates */
    bool english;
    int64_t stall_ms, give_up_ms;
    char token[TOKEN_MAX + 1]; /* "" none */
    struct call *first;        /* all calls, in the order of their turn */
    struct channel places, units, categories, hints;
    struct feed feed;
    int64_t dictionary; /* the feed's, as the platform named it at login; 0 none */
    uint64_t random;
    bool calling_back;
};

/* A call with its answer's room; takes `url` and `body` over even where it fails, as it does when
 * one of them is NULL for want of memory (`body` only where there has to be one). NULL without
 * memory. */
struct call *call_new(struct mq *mq, enum method method, char *url, char *body, decode_fn decode,
                      mq_done done, void *user);
/* Takes it out of all lists, and lets the next of its channel fly. */
void call_free(struct mq *mq, struct call *call);
void call_submit(struct mq *mq, struct call *call);
/* Submits it as the newest of its channel. */
void call_submit_newest(struct mq *mq, struct call *call, struct channel *channel);
/* Ends it here, with the callback from mq_poll. */
void call_fail(struct mq *mq, struct call *call, enum status status, enum message message,
               const char *detail);
/* Nobody wants the answer any more; frees the call unless it is in flight. */
void call_abandon(struct mq *mq, struct call *call);
/* Sends what is due, as far as there are connections. */
void call_start_due(struct mq *mq, int64_t now);
/* Gives up what stalls. */
void call_expire(struct mq *mq, int64_t now);
/* When the two above have to be called next; INT64_MAX never. */
int64_t call_next_at(const struct mq *mq);
/* Puts it on the line. */
void call_attempt(struct mq *mq, struct call *call, int64_t now);
/* An attempt ended: with an answer, or without. */
void call_ended(struct mq *mq, struct call *call, const struct ending *ending);
/* The platform is back: nobody needs to wait out his pause. */
void call_hurry(struct mq *mq);
bool call_any_ready(const struct mq *mq);
/* Calls back for all that was ready when it was called. */
void call_deliver(struct mq *mq);

/* ---- what is asked ----------------------------------------------------------------------- */

/* A URL grows in a buf that remembers a failure; buf_take gives NULL then. */
void url_start(struct mq *mq, struct buf *url, const char *path);
/* Appends a path segment or a parameter, percent-encoded; a NULL or empty value is left out. */
void url_segment(struct buf *url, const char *segment);
void url_param(struct buf *url, const char *name, const char *value);
void url_param_int(struct buf *url, const char *name, int64_t value); /* 0 is left out */
/* Appends parameters that are encoded already, as far as they are. */
void url_params(struct buf *url, const char *params);
/* A path without parameters. */
char *url_plain(struct mq *mq, const char *path);

struct body {
    cJSON *object;
    bool failed; /* memory: half a body must not be sent */
};
void body_start(struct body *body);
void body_text(struct body *body, const char *name, const char *value);
void body_int(struct body *body, const char *name, int64_t value);
/* Fields of a form; empty ones are left out. What is not of its type goes as it was typed, so that
 * the platform, which knows the rules, says what is wrong with which field. */
void body_values(struct body *body, const struct mq_value *values, size_t count);
/* The JSON text, to be freed with free(); NULL without memory. */
char *body_take(struct body *body);

/* ---- transport --------------------------------------------------------------------------- */

/* A handle with all that holds for every request, and its headers; NULL without memory. */
CURL *transport_easy(struct mq *mq, const char *url, const char *token,
                     struct curl_slist **headers);
/* Adds "name: value" to `*headers`; false without memory. */
bool transport_header(struct curl_slist **headers, const char *name, const char *value);
/* Takes the attempt off the line (closing the connection when it is not done) and frees it. */
void transport_drop(struct mq *mq, CURL **easy, struct curl_slist **headers);
/* OpenSSL raises SIGPIPE on a closed line, and libcurl leaves that to its user: off around calls
 * that may write. */
void transport_pipe_off(struct sigaction *before);
void transport_pipe_back(const struct sigaction *before);
/* `ms` with up to a quarter added, so that many consoles do not come back in step. */
int64_t transport_jitter(struct mq *mq, int64_t ms);

/* ---- feed -------------------------------------------------------------------------------- */

void feed_stop(struct mq *mq);
/* Connects, if it is time to. */
void feed_start_due(struct mq *mq, int64_t now);
/* Gives up a line that is silent. */
void feed_expire(struct mq *mq, int64_t now);
/* When the two above have to be called next; INT64_MAX never. */
int64_t feed_next_at(const struct mq *mq);
/* curl says that the connection ended. */
void feed_ended(struct mq *mq, CURLcode code);
/* Likewise. */
void feed_hurry(struct mq *mq);
/* Calls back for all that came. */
void feed_deliver(struct mq *mq);

#endif
