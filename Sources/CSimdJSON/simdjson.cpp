// SPDX-License-Identifier: Apache-2.0

#include "csimdjson.h"

#if !__has_include(<simdjson.h>)
#error "simdjson.h is missing: run 'make setup' (Debian: apt-get install libsimdjson-dev)"
#else

#include <cstdio>
#include <cstring>
#include <new>
#include <simdjson.h>

struct csimdjson_document {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  // The writer behind simdjson::minify and simdjson::to_string, which make a new one, and a new
  // string, each time. Kept, it keeps its memory.
  simdjson::internal::string_builder<> writer;
  std::string_view output;
};

static void explain(char *error, size_t capacity, const char *reason) {
  if (capacity > 0) {
    std::snprintf(error, capacity, "%s", reason);
  }
}

extern "C" csimdjson_document *csimdjson_load(const uint8_t *json, size_t count, char *error,
                                              size_t error_capacity) {
  auto *document = new (std::nothrow) csimdjson_document;
  if (document == nullptr) {
    explain(error, error_capacity, "out of memory");
    return nullptr;
  }
  // Copies the bytes, since simdjson reads some bytes beyond their end.
  const auto code =
      document->parser.parse(reinterpret_cast<const char *>(json), count, true).get(document->root);
  if (code) {
    explain(error, error_capacity, simdjson::error_message(code));
    delete document;
    return nullptr;
  }
  return document;
}

extern "C" size_t csimdjson_encode(csimdjson_document *document, uint8_t *buffer, size_t capacity) {
  try {
    document->writer.clear();
    document->writer.append(document->root);
    document->output = document->writer.str();
  } catch (const std::bad_alloc &) {
    document->output = {};
  }
  const size_t count = document->output.size();
  if (count > 0 && count <= capacity) {
    std::memcpy(buffer, document->output.data(), count);
  }
  return count;
}

extern "C" const uint8_t *csimdjson_output(const csimdjson_document *document) {
  return reinterpret_cast<const uint8_t *>(document->output.data());
}

extern "C" size_t csimdjson_output_size(const csimdjson_document *document) {
  return document->output.size();
}

extern "C" void csimdjson_forget(csimdjson_document *document) { document->output = {}; }

extern "C" void csimdjson_unload(csimdjson_document *document) { delete document; }

#define TEXT_OF(token) #token
#define TEXT(macro) TEXT_OF(macro)

extern "C" const char *csimdjson_version(void) { return TEXT(SIMDJSON_VERSION); }

#endif
