/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the client itself has to say, where the platform could not. */
#include "client/client_private.h"

static const struct {
    const char *zh, *en;
} sentences[MESSAGE_COUNT] = {
    [MESSAGE_NOT_REACHED] =
        {"平台连接不上，请稍后再试；一直如此请联系管理员",
         "The platform cannot be reached; try again, or tell the administrator"},
    [MESSAGE_MALFORMED] = {"平台的回答无法识别，请联系管理员",
                           "The platform's answer cannot be understood; tell the administrator"},
    [MESSAGE_TOO_LARGE] = {"平台的回答过大，请缩小范围",
                           "The platform's answer is too large; narrow what you ask for"},
    [MESSAGE_REFUSED] = {"平台拒绝了该请求", "The platform refused the request"},
    [MESSAGE_BUSY] = {"平台繁忙，请稍后再试", "The platform is busy; try again"},
    [MESSAGE_FAILED] = {"平台内部出错，请稍后再试；一直如此请联系管理员",
                        "The platform failed; try again, or tell the administrator"},
    [MESSAGE_NO_MEMORY] = {"内存不足", "Out of memory"},
    [MESSAGE_BAD_INPUT] = {"请求内容有误", "The request is not valid"},
    [MESSAGE_FEED_LOST] = {"与平台的实时连接已断开，正在重新连接",
                           "The live connection to the platform is lost; connecting again"},
};

const char *message_text(struct arena *arena, bool english, enum message message,
                         const char *detail)
{
    const char *sentence = english ? sentences[message].en : sentences[message].zh;
    if (!*detail)
        return sentence;
    return english ? arena_printf(arena, "%s (%s)", sentence, detail)
                   : arena_printf(arena, "%s（%s）", sentence, detail);
}

static bool is_certificate(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR ||
           code == CURLE_SSL_PINNEDPUBKEYNOTMATCH || code == CURLE_SSL_INVALIDCERTSTATUS;
}

bool message_is_final(CURLcode code)
{
    return is_certificate(code) || code == CURLE_URL_MALFORMAT;
}

bool message_is_corrupt(CURLcode code)
{
    /* What is not HTTP at all curl takes for HTTP/0.9, a protocol that it does not want. */
    return code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_UNSUPPORTED_PROTOCOL;
}

const char *message_reason(CURLcode code, bool english)
{
    if (is_certificate(code))
        return english ? "its certificate is not valid" : "证书无效";
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return english ? "no host of this name" : "找不到该主机";
    case CURLE_COULDNT_CONNECT:
        return english ? "nobody answers there" : "无人应答";
    case CURLE_OPERATION_TIMEDOUT:
        return english ? "no answer in time" : "长时间没有应答";
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return english ? "the connection was closed" : "连接中断";
    default:
        return curl_easy_strerror(code);
    }
}
