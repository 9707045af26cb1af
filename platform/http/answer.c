/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/http/answer.h"

static bool add_header(struct MHD_Response *response, const char *name, const char *value)
{
    return MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool add_headers(struct MHD_Response *response, const struct http_request *request)
{
    const struct api_request *api = &request->api;
    bool good = true;
    if (api->answer_length > 0)
        good = add_header(response, "Content-Type",
                          api->is_problem ? "application/problem+json" : "application/json");
    if (good && api->etag >= 0)
        good = add_header(response, "ETag",
                          arena_printf(api->arena, "\"%lld\"", (long long)api->etag));
    if (good && api->allow)
        good = add_header(response, "Allow", api->allow);
    if (good && api->http_status == MHD_HTTP_UNAUTHORIZED)
        good = add_header(response, "WWW-Authenticate", "Bearer");
    if (good && (api->retry_after_s > 0 || api->http_status == MHD_HTTP_SERVICE_UNAVAILABLE))
        good =
            add_header(response, "Retry-After",
                       arena_printf(api->arena, "%lld",
                                    api->retry_after_s > 0 ? (long long)api->retry_after_s : 1LL));
    if (good && request->unframed)
        good = add_header(response, "Connection", "close");
    return good;
}

enum MHD_Result answer_with(struct http_request *request, int status, struct MHD_Response *response)
{
    if (!response)
        return MHD_NO;
    if (request->origin.id[0])
        (void)add_header(response, "X-Request-Id", request->origin.id);
    request->status = status;
    enum MHD_Result result = MHD_queue_response(request->connection, (unsigned)status, response);
    MHD_destroy_response(response);
    return result;
}

/* The bytes stay in the arena, which lives until the request is completed. */
enum MHD_Result answer_send(struct http_request *request)
{
    struct api_request *api = &request->api;
    static char nothing[1];
    struct MHD_Response *response = MHD_create_response_from_buffer(
        api->answer_length, api->answer_length ? api->answer : nothing, MHD_RESPMEM_PERSISTENT);
    if (response && !add_headers(response, request)) {
        MHD_destroy_response(response);
        response = NULL;
    }
    return answer_with(request, api->http_status, response);
}

enum MHD_Result answer_refusal(struct api *platform, struct http_request *request)
{
    struct api_request *api = &request->api;
    const char *allow = api->allow;
    enum language language;
    if (api->token && api_session(platform, api->token, &language) > 0)
        api->language = language; /* an account's own goes before what its program asks for */
    api_refuse(api, request->refusal, request->refusal_argument);
    api->allow = allow;
    if (request->refusal == PROBLEM_TOO_MANY)
        api->retry_after_s = API_RETRY_S;
    return answer_send(request);
}
