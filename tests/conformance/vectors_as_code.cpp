// SPDX-License-Identifier: MIT
// Prints parser.json, given on standard input, as constants for ../constexpr.cpp; but for the few
// long streams, which compilers would take too long for.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

namespace {

using nlohmann::json;

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string literal(const std::string& text) {
  std::string out = "{\"";
  for (const char c : text) {
    char octal[8];
    std::snprintf(octal, sizeof octal, "\\%03o", static_cast<unsigned char>(c));
    out += octal;
  }
  return out + "\", " + std::to_string(text.size()) + "}";
}

}  // namespace

int main() {
  std::size_t count = 0;
  std::string table;
  for (const json& vector : json::parse(std::cin)) {
    const bool hex = vector.contains("chunks_hex");
    const json& chunks = vector[hex ? "chunks_hex" : "chunks"];
    if (chunks.dump().size() > 6000) {
      std::cerr << "skipped in the compiler, for its length: " << vector["name"] << "\n";
      continue;
    }
    const std::string n = std::to_string(count++);
    std::cout << "inline constexpr std::string_view chunks_" << n << "[] = {";
    for (const std::string chunk : chunks)
      std::cout << literal(hex ? from_hex(chunk) : chunk) << ", ";
    std::cout << "{}};\ninline constexpr expected events_" << n << "[] = {";
    for (std::size_t i = 0; i < vector["events"].size(); ++i) {
      const json& event = vector["events"][i];
      const bool has_bytes = vector.contains("events_bytes_hex");
      const std::string data = has_bytes ? from_hex(vector["events_bytes_hex"][i]["data"])
                                         : event["data"].get<std::string>();
      std::cout << "{" << literal(event["id"]) << ", " << literal(event["type"]) << ", "
                << literal(data) << "}, ";
    }
    std::cout << "{}};\n";
    const json& retry = vector["retry"];
    const std::string time = retry.is_null()                   ? "-1"
                             : vector.contains("retry_policy") ? "3153600000000"
                                                               : retry.dump();
    table += "{" + literal(vector["name"]) + ", chunks_" + n + ", " +
             std::to_string(chunks.size()) + ", events_" + n + ", " +
             std::to_string(vector["events"].size()) + ", " + time + ", " +
             literal(vector["last_event_id"]) + ", " +
             literal(vector.value("initial_last_event_id", "")) + "},\n";
  }
  std::cout << "inline constexpr vector vectors[] = {\n" << table << "};\n";
}
