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
    [MESSAGE_FEED_GONE] = {"此后的变更已无法逐条推送，正在重新读取",
                           "The changes since then cannot be told one by one; reading again"},
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
    return is_certificate(code) || code == CURLE_URL_MALFORMAT || code == CURLE_SSL_CACERT_BADFILE;
}

bool message_is_corrupt(CURLcode code)
{
    /* What is not HTTP at all curl takes for HTTP/0.9, a protocol that it does not want. */
    return code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_UNSUPPORTED_PROTOCOL;
}

/* Who has its certificate made by somebody unknown may also be another than it says. */
static const char *certificate_reason(const struct ending *ending, bool english)
{
    /* X509_V_…, openssl/x509_vfy.h; NONE is what libcurl leaves where the chain was not what
     * failed.
     */
    enum { GOOD = 0, NONE = 1, NOT_YET_VALID = 9, EXPIRED = 10 };
    if (ending->verified == GOOD || ending->verified == NONE)
        return english ? "its certificate is for another host name" : "证书与主机名不符";
    if (ending->verified == EXPIRED)
        return english ? "its certificate has expired" : "证书已过期";
    if (ending->verified == NOT_YET_VALID)
        return english ? "its certificate is not valid yet; is the clock of this machine right?"
                       : "证书尚未生效，请检查本机时间";
    return english ? "its certificate is not trusted; --ca FILE names who is"
                   : "证书不受信任，可用 --ca 文件 指定信任的签发者";
}

const char *message_reason(const struct ending *ending, bool english)
{
    if (is_certificate(ending->code))
        return certificate_reason(ending, english);
    switch (ending->code) {
    case CURLE_SSL_CACERT_BADFILE:
        return english ? "the file of trusted certificates (--ca) cannot be used"
                       : "信任证书文件（--ca）无法使用";
    case CURLE_SSL_CONNECT_ERROR:
        return english ? "no secure connection comes about; does https:// answer there?"
                       : "无法建立安全连接，请确认该地址使用 https://";
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
        return curl_easy_strerror(ending->code);
    }
}
