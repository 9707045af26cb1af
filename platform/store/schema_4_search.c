/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text index, knowledge articles, what the classifier has learnt. */
#include "platform/store/schema.h"

const char schema_4_search[] = "";
