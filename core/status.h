/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status: the one vocabulary of failure that both programs share. */
#ifndef CORE_STATUS_H
#define CORE_STATUS_H

/* What a function that can fail returns. ST_OK is zero, so `if (st)` means "failed". */
enum status {
    ST_OK = 0,
    ST_INVALID,     /* the input is wrong; the caller can mend it */
    ST_NOT_FOUND,   /* there is no such thing, or the asker may not see it */
    ST_CONFLICT,    /* a rule or a unique key forbids it now */
    ST_STALE,       /* it was made from an older version */
    ST_DENIED,      /* the account lacks the right */
    ST_BUSY,        /* try again: a queue is full or a lock is held */
    ST_UNAVAILABLE, /* the other side cannot be reached */
    ST_IO,          /* the disk, the network or the terminal failed */
    ST_NO_MEMORY,
    ST_CORRUPT, /* stored data do not verify */
};

/* A failure that a person can act on: what happened, where, what to do. */
struct error {
    enum status status;
    char message[256]; /* UTF-8, one line, no personal data */
};

/* Fills `err` (which may be NULL) printf-like and returns `status`. */
enum status error_set(struct error *err, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The lower-case English name of a status, for logs ("not_found"). Never NULL. */
const char *status_name(enum status status);

#endif
