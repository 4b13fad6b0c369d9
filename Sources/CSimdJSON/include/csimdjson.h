// SPDX-License-Identifier: Apache-2.0

/// @file
/// JSON encoding by simdjson, behind a C ABI.
///
/// A document is loaded once into simdjson's own in-memory form (its DOM) and can then be written
/// any number of times. Loading is setup and is not timed; encoding is.

#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CSIMDJSON_API __attribute__((visibility("default")))
#else
#define CSIMDJSON_API
#endif

/// A parsed document and the buffer that it is written to. For one thread at a time.
typedef struct csimdjson_document csimdjson_document;

/// Parses `count` bytes of JSON (RFC 8259, at most 1,024 levels deep).
///
/// @param json of any alignment; not kept; may be NULL when `count` is 0.
/// @param error where NULL is returned, receives the reason in English with a final zero byte, cut
///        to `error_capacity` bytes; may be NULL when that is 0.
/// @returns a document to be given to `csimdjson_unload`, or NULL for bytes that are not one valid
///          JSON document, or when memory is lacking.
CSIMDJSON_API csimdjson_document *csimdjson_load(const uint8_t *json, size_t count, char *error,
                                                 size_t error_capacity);

/// Writes `document` as compact JSON, in the order in which it was read.
///
/// The bytes are made in a buffer of the document's own, which is kept from call to call, and
/// copied to `buffer` when they fit. A caller who reads them with `csimdjson_output` saves that
/// copy, by giving NULL and 0.
///
/// @param buffer of `capacity` bytes, or NULL when that is 0. Not written when the bytes do not
/// fit.
/// @returns the number of bytes of the whole output, whether it was copied or not: calling with
/// NULL
///          and 0 asks for the capacity that is needed. 0 when memory is lacking.
CSIMDJSON_API size_t csimdjson_encode(csimdjson_document *document, uint8_t *buffer,
                                      size_t capacity);

/// The bytes that the last `csimdjson_encode` made, valid until the next one or until
/// `csimdjson_unload`.
CSIMDJSON_API const uint8_t *csimdjson_output(const csimdjson_document *document);

/// How many bytes `csimdjson_output` has; 0 before the first `csimdjson_encode`.
CSIMDJSON_API size_t csimdjson_output_size(const csimdjson_document *document);

/// Makes `csimdjson_output` empty until the next `csimdjson_encode`.
CSIMDJSON_API void csimdjson_forget(csimdjson_document *document);

/// Frees `document`, which may be NULL.
CSIMDJSON_API void csimdjson_unload(csimdjson_document *document);

/// simdjson's version as its header has it: "3.0.1". Lives as long as the program.
CSIMDJSON_API const char *csimdjson_version(void);

#ifdef __cplusplus
}
#endif

#endif
