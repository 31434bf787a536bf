/* AION's module ABI v1: one JSON object on stdin; lines of JSON on stdout, the last of them the result. */
#ifndef AION_H
#define AION_H

#include "json.h"

/* The call on stdin. What is no JSON object is refused. */
const json_value *aion_input(void);

/* Ends with exit status 2, saying which field is wrong, how, and what would be right. */
_Noreturn void aion_refuse(const char *field, const char *problem, const char *remedy);

/* A field that must be a string. */
const json_value *aion_text(const json_value *input, const char *field);

/* An integer from `least` to `most`, as a number or as its text, or `otherwise` when it is not there. */
long aion_integer(const json_value *input, const char *field, long least, long most, long otherwise);

/* Refuses an input that has a field which is not among these; the list ends with NULL. */
void aion_only(const json_value *input, const char *const *fields);

/* A piece of the answer's text, for whoever watches; it leaves at once. */
void aion_token(const char *text, size_t length);

/* The result, an object as JSON; the last thing that a module writes. */
void aion_result(const json_text *data);

#endif
