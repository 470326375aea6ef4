// SPDX-License-Identifier: MIT
// What a writer takes up.
#include <sse/writer.hpp>

bool send(sse::writer& writer, const sse::event& e);

bool send(sse::writer& writer, const sse::event& e) {
  return writer.write(e) == sse::writer::status::ok;
}
