// SPDX-License-Identifier: MIT
// usage: standard read <streams, a line of hexadecimal digits each | standard write
// What the parser makes of streams, and what the writer makes of every combination of fields; all
// of it in JSON, a line each, and all text in hexadecimal digits.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <sse/sse.hpp>
#include <string>
#include <string_view>

namespace {

std::string hex(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out + '"';
}

std::string bytes(const std::string& digits) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    out += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return out;
}

void read(const std::string& stream) {
  sse::growing_parser parser;
  std::string events;
  for (const auto& e : parser.events(stream)) {
    if (!events.empty()) events += ',';
    events += "{\"type\":" + hex(e.type) + ",\"data\":" + hex(e.data) +
              ",\"id\":" + hex(parser.last_event_id()) +
              ",\"own\":" + (e.id ? hex(*e.id) : "null") + '}';
  }
  const auto time = parser.reconnection_time();
  std::cout << "{\"events\":[" << events << "],\"id\":" << hex(parser.last_event_id())
            << ",\"retry\":" << (time ? std::to_string(time->count()) : "null") << "}\n";
}

using text = std::optional<std::string_view>;

// Absent data are no data, which begin and end write.
void write(text type, text id, bool retry, text data) {
  sse::event e;
  if (type) e.type = *type;
  if (id) e = e.with_id(*id);
  if (retry) e = e.with_retry(std::chrono::seconds(2));
  sse::growing_writer writer;
  auto status = sse::writer::status::ok;
  if (data) {
    e.data = *data;
    status = writer.write(e);
  } else {
    status = writer.begin(e);
    if (status == sse::writer::status::ok) status = writer.end();
  }
  if (status != sse::writer::status::ok) std::exit(1);
  std::cout << "{\"bytes\":" << hex(writer.written()) << "}\n";
}

void write_all() {
  for (const text type : {text(), text("t")}) {
    for (const text id : {text(), text(""), text("7")}) {
      for (const bool retry : {false, true}) {
        for (const text data : {text(), text(""), text("a"), text("a\nb\n"), text(" \xC3\xA9")}) {
          if (data || type || id || retry) write(type, id, retry, data);
        }
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "write") {
    write_all();
    return 0;
  }
  for (std::string line; std::getline(std::cin, line);) read(bytes(line));
  return 0;
}
