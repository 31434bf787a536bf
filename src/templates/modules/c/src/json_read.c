#include <stdlib.h>
#include <string.h>

#include "json.h"

enum { MOST_DEPTH = 64 };

typedef struct {
    const char *at, *end, *problem;
} reader;

static json_value *read_value(reader *in, int depth);

static json_value *fail(reader *in, const char *problem) {
    if (!in->problem) in->problem = problem;
    return NULL;
}

static void skip_space(reader *in) {
    while (in->at < in->end && strchr(" \t\r\n", *in->at) && *in->at) in->at++;
}

static bool take(reader *in, char wanted) {
    skip_space(in);
    if (in->at >= in->end || *in->at != wanted) return false;
    in->at++;
    return true;
}

static json_value *make(json_kind kind) {
    json_value *value = calloc(1, sizeof *value);
    if (!value) abort();
    value->kind = kind;
    return value;
}

static int hex4(reader *in) {
    int code = 0;
    if (in->end - in->at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        char c = *in->at++;
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0) return -1;
        code = code * 16 + digit;
    }
    return code;
}

static char *put_utf8(char *out, unsigned code) {
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3F));
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    }
    return out;
}

static char *read_unicode(reader *in, char *out) {
    int code = hex4(in);
    if (code < 0 || (code >= 0xDC00 && code < 0xE000)) return NULL;
    if (code >= 0xD800 && code < 0xDC00) { /* the first half of a pair */
        if (in->end - in->at < 6 || in->at[0] != '\\' || in->at[1] != 'u') return NULL;
        in->at += 2;
        int low = hex4(in);
        if (low < 0xDC00 || low >= 0xE000) return NULL;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    return put_utf8(out, (unsigned)code);
}

static json_value *read_string(reader *in) {
    const char *close = in->at;
    while (close < in->end && *close != '"') close += *close == '\\' ? 2 : 1;
    if (close >= in->end) return fail(in, "a string does not end");
    json_value *value = make(JSON_STRING);
    char *out = value->text = malloc((size_t)(close - in->at) + 1); /* no escape makes text longer */
    if (!out) abort();
    while (*in->at != '"') {
        unsigned char c = (unsigned char)*in->at++;
        if (c < 0x20) return fail(in, "a string holds a control character");
        if (c != '\\') {
            *out++ = (char)c;
            continue;
        }
        static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
        char letter = *in->at++;
        const char *found = strchr(escapes, letter);
        if (letter == 'u') {
            if (!(out = read_unicode(in, out))) return fail(in, "a string holds a broken \\u escape");
        } else if (found && letter) {
            *out++ = meanings[found - escapes];
        } else {
            return fail(in, "a string holds an unknown escape");
        }
    }
    in->at++;
    *out = 0;
    value->length = (size_t)(out - value->text);
    return value;
}

static bool digits(reader *in) {
    const char *start = in->at;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9') in->at++;
    return in->at > start;
}

static json_value *read_number(reader *in) {
    const char *start = in->at;
    if (*in->at == '-') in->at++;
    bool zero = in->at < in->end && *in->at == '0';
    const char *whole = in->at;
    if (!digits(in) || (zero && in->at - whole > 1)) return fail(in, "a number is not JSON");
    if (in->at < in->end && *in->at == '.') {
        in->at++;
        if (!digits(in)) return fail(in, "a number is not JSON");
    }
    if (in->at < in->end && (*in->at == 'e' || *in->at == 'E')) {
        in->at++;
        if (in->at < in->end && (*in->at == '+' || *in->at == '-')) in->at++;
        if (!digits(in)) return fail(in, "a number is not JSON");
    }
    json_value *value = make(JSON_NUMBER);
    value->number = strtod(start, NULL);
    return value;
}

static json_value *read_items(reader *in, bool object, int depth) {
    json_value *value = make(object ? JSON_OBJECT : JSON_ARRAY), **tail = &value->first;
    char close = object ? '}' : ']';
    if (take(in, close)) return value;
    do {
        json_value *name = NULL;
        if (object) {
            if (!take(in, '"')) return fail(in, "an object's member has no name");
            if (!(name = read_string(in))) return NULL;
            if (json_member(value, name->text)) return fail(in, "an object has a member twice");
            if (!take(in, ':')) return fail(in, "a colon is missing");
        }
        json_value *item = read_value(in, depth + 1);
        if (!item) return NULL;
        item->name = name ? name->text : NULL;
        *tail = item;
        tail = &item->next;
    } while (take(in, ','));
    return take(in, close) ? value : fail(in, "a comma or an end is missing");
}

static json_value *read_word(reader *in, const char *word, json_kind kind, bool truth) {
    size_t length = strlen(word);
    if ((size_t)(in->end - in->at) < length || memcmp(in->at, word, length)) return fail(in, "it is not JSON");
    in->at += length;
    json_value *value = make(kind);
    value->truth = truth;
    return value;
}

static json_value *read_value(reader *in, int depth) {
    if (depth > MOST_DEPTH) return fail(in, "it is nested too deep");
    if (take(in, '{')) return read_items(in, true, depth);
    if (take(in, '[')) return read_items(in, false, depth);
    if (take(in, '"')) return read_string(in);
    if (in->at >= in->end) return fail(in, "it ends too early");
    switch (*in->at) {
    case 't': return read_word(in, "true", JSON_BOOL, true);
    case 'f': return read_word(in, "false", JSON_BOOL, false);
    case 'n': return read_word(in, "null", JSON_NULL, false);
    default: return read_number(in);
    }
}

json_value *json_read(const char *text, size_t length, const char **problem) {
    reader in = {text, text + length, NULL};
    json_value *value = read_value(&in, 0);
    skip_space(&in);
    if (value && in.at < in.end) value = fail(&in, "something follows the value");
    *problem = in.problem;
    return value;
}

const json_value *json_member(const json_value *object, const char *name) {
    for (const json_value *member = object->first; member; member = member->next)
        if (member->name && !strcmp(member->name, name)) return member;
    return NULL;
}
