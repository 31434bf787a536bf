/* A small JSON reader and writer. Memory is never freed: a module lives for one call. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

typedef enum { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } json_kind;

typedef struct json_value {
    json_kind kind;
    bool truth;
    double number;
    char *text; /* of a string; UTF-8, `length` bytes and a zero */
    size_t length;
    struct json_value *first; /* of an array or object: its items, chained by `next` */
    struct json_value *next;
    char *name; /* within an object */
} json_value;

/* The value that `text` is, or NULL, and then `*problem` says why. Deeper than 64 levels is refused. */
json_value *json_read(const char *text, size_t length, const char **problem);

/* The member of an object by its name, or NULL. */
const json_value *json_member(const json_value *object, const char *name);

/* Text that grows. */
typedef struct {
    char *bytes;
    size_t length, room;
} json_text;

void json_add(json_text *out, const char *bytes, size_t length);
void json_add_plain(json_text *out, const char *text);
void json_add_string(json_text *out, const char *bytes, size_t length);
void json_add_integer(json_text *out, long number);

#endif
