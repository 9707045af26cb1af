/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scope: who may see an order, once (domain rule 8). */
#ifndef PLATFORM_STORE_SCOPE_H
#define PLATFORM_STORE_SCOPE_H

/* True where account $1 may see `o`. `o` is a row of table orders, or one of table event: both
 * carry the same facts under the same names, so that what could be seen before is asked with the
 * same words as what can be seen now. Rows of a dimension are alternatives, dimensions are
 * combined, none of a dimension = no restriction; category and industry are one dimension. Written
 * so that the parts that do not depend on `o` are worked out once a query. */
#define SCOPE_NONE(dimensions)                                                                     \
    "not exists (select 1 from scope s where s.account_id = $1 and s.dimension in (" dimensions "))"
#define SCOPE_SOME(dimensions, test)                                                               \
    "exists (select 1 from scope s where s.account_id = $1 and s.dimension in (" dimensions ")"    \
    " and " test ")"
#define SCOPE_PREFIX(column) "substr(o." column ", 1, length(s.value)) = s.value"
/* clang-format off */
#define SCOPE_SQL \
    " (exists (select 1 from account a where a.id = $1 and a.sees_orders = 1 and a.disabled = 0)" \
    " and (" SCOPE_NONE("'region'") \
    " or " SCOPE_SOME("'region'", SCOPE_PREFIX("region_code")) ")" \
    " and (" SCOPE_NONE("'category', 'industry'") \
    " or " SCOPE_SOME("'category'", SCOPE_PREFIX("category_code")) \
    " or " SCOPE_SOME("'industry'", "s.value = o.industry") ")" \
    " and (" SCOPE_NONE("'channel'") \
    " or " SCOPE_SOME("'channel'", "s.value = o.channel") ")" \
    " and (" SCOPE_NONE("'unit'") \
    " or " SCOPE_SOME("'unit'", "o.units like '%,' || s.value || '%'") ")" \
    " and (" SCOPE_NONE("'state'") \
    " or " SCOPE_SOME("'state'", "s.value = o.state") ")) "
/* clang-format on */

#endif
