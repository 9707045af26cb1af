/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an answer leaves. All on the connection's thread, and the result is for libmicrohttpd.
 * Private to http/. */
#ifndef PLATFORM_HTTP_ANSWER_H
#define PLATFORM_HTTP_ANSWER_H

#include "platform/http/request.h"

/* Sends what request->api holds. */
enum MHD_Result answer_send(struct http_request *request);
/* Sends the problem that request->refusal names, in the account's language where there is one. */
enum MHD_Result answer_refusal(struct api *platform, struct http_request *request);
/* Queues and releases the response; NULL is no memory and closes the connection. */
enum MHD_Result answer_with(struct http_request *request, int status,
                            struct MHD_Response *response);

#endif
