// SPDX-License-Identifier: MIT
// Prints the conformance vectors as constants, for ../support/vectors.hpp.
//
//   vectors_as_code parser.json writer.json
#include <fstream>
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

std::string text(const std::string& bytes) {
  std::string out = "{\"";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\' && c != '?';
    const char octal[] = {'\\', static_cast<char>('0' + byte / 64),
                          static_cast<char>('0' + byte / 8 % 8), static_cast<char>('0' + byte % 8)};
    out += plain ? std::string(1, c) : std::string(octal, sizeof octal);
  }
  return out + "\", " + std::to_string(bytes.size()) + "}";
}

// A member that need not be there.
std::string maybe_text(const json& object, const char* member) {
  return object.contains(member) ? "std::string_view" + text(object[member]) : "std::nullopt";
}
std::string number(const json& number) { return number.is_null() ? "std::nullopt" : number.dump(); }

// Prints an array of what `print_element` gives for each, and returns how to name it in a table:
// pointer and size. It ends with an element more, since no array may be empty.
template <class Elements, class Print>
std::string array(const std::string& type, const std::string& name, const Elements& elements,
                  Print print_element) {
  std::cout << "inline constexpr " << type << " " << name << "[] = {";
  for (const auto& each : elements) std::cout << print_element(each) << ", ";
  std::cout << "{}};\n";
  return "{" + name + ", " + std::to_string(elements.size()) + "}";
}

std::string event(const json& event) {
  return "{" + text(event["id"]) + ", " + text(event["type"]) + ", " + text(event["data"]) + "}";
}

std::string parser_vector(const json& vector, const std::string& n) {
  const bool hex = vector.contains("chunks_hex");
  json events = vector["events"];
  for (std::size_t i = 0; vector.contains("events_bytes_hex") && i < events.size(); ++i) {
    // Not JSON's idea of text, but only to be taken out again.
    events[i]["data"] = from_hex(vector["events_bytes_hex"][i]["data"]);
  }
  std::string stream;
  json ends = json::array();
  for (const std::string chunk : vector[hex ? "chunks_hex" : "chunks"]) {
    stream += hex ? from_hex(chunk) : chunk;
    ends.push_back(stream.size());
  }
  const auto dump = [](const json& number) { return number.dump(); };
  const std::string chunk_ends = array("std::size_t", "chunk_ends_" + n, ends, dump);
  const std::string after = array("std::size_t", "events_after_chunk_" + n,
                                  vector.value("events_after_chunk", json::array()), dump);
  const std::string strict = array("event", "events_" + n, events, event);
  const std::string lenient =
      array("event", "lenient_events_" + n, vector.value("lenient_events", json::array()), event);
  return "{" + text(vector["name"]) + ",\n" + text(stream) + ",\n" + chunk_ends + ", " + after +
         ", " + strict + ", " + lenient + ", " +
         (vector.contains("retry_policy") ? "3153600000000" : number(vector["retry"])) + ", " +
         text(vector["last_event_id"]) + ", " + text(vector.value("initial_last_event_id", "")) +
         "}";
}

std::string writer_vector(const json& vector, const std::string& n) {
  const json& given = vector["event"];
  const std::string parsed =
      array("event", "parsed_" + n, vector.value("parsed", json::array()), event);
  return "{" + text(vector["name"]) + ",\n" + maybe_text(given, "comment") + ", " +
         maybe_text(given, "id") + ", " + maybe_text(given, "type") + ", " +
         maybe_text(given, "data") + ", " + number(given.value("retry", json())) + ", " +
         (vector["action"] == "accept" ? "true" : "false") + ",\n" + maybe_text(vector, "bytes") +
         ", " + parsed + ", " + number(vector.value("retry", json())) + ", " +
         text(vector.value("last_event_id", "")) + "}";
}

// A table of all vectors of a file.
template <class Print>
void print(const char* path, const std::string& type, Print print_vector) {
  std::ifstream file(path);
  std::string table;
  std::size_t count = 0;
  for (const json& vector : json::parse(file)) {
    table += print_vector(vector, type + std::to_string(count++)) + ",\n";
  }
  std::cout << "inline constexpr " << type << " " << type << "s[] = {\n" << table << "};\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: vectors_as_code parser.json writer.json\n";
    return 2;
  }
  print(argv[1], "parser_vector", parser_vector);
  print(argv[2], "writer_vector", writer_vector);
}
