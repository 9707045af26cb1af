/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz: what the fuzz targets share. Each file here is a program of its own: `make fuzz`. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* What must hold whatever the bytes are. */
#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (void)fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);    \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* The bytes as a string in a block of exactly that size, to be freed; it ends at the first NUL. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    const uint8_t *end = size ? memchr(data, '\0', size) : NULL;
    size_t n = end ? (size_t)(end - data) : size;
    char *text = malloc(n + 1);
    HOLDS(text);
    if (n)
        memcpy(text, data, n);
    text[n] = '\0';
    return text;
}

#endif
