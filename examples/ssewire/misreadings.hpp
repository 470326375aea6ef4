// SPDX-License-Identifier: MIT
// Forms that are right by the standard and that some clients misread: see clients.hpp.
#ifndef SSEWIRE_TOOL_MISREADINGS_HPP
#define SSEWIRE_TOOL_MISREADINGS_HPP

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lines.hpp"

namespace tool {

/// The names that `--for` takes, in one text.
std::string known_clients();

/// Whether a name is one of a client, of a client with its version behind `@`, or of a group.
bool is_known_client(std::string_view name);

/// Of these clients, those that misread a form, and how; empty if none does.
std::string who_misreads(const std::vector<std::string>& names, std::string_view form);

/// What a form is, in words.
std::string_view form_in_words(std::string_view name);

/// Finds these forms in a stream whose lines it is given.
class misreading_finder {
 public:
  /// Is called with a place and the name of a form, each time it is met.
  using listener = std::function<void(place, std::string_view)>;

  explicit misreading_finder(listener found) : found_(std::move(found)) {}

  void byte_order_mark(place at) { found_(at, "mark"); }
  void comment(place at);
  void field(place at, std::string_view line, bool is_ignored);
  void blank_line(place at);
  void line_end(place at, line_end end);
  void end(place at);

 private:
  struct kind_of_line {
    place at;
    bool is_below;  // the first data
  };
  using sight = std::optional<kind_of_line>;

  void data(place at, std::string_view line);
  void event_ends();
  void tell(const sight& where, std::string_view above, std::string_view below);

  listener found_;
  struct {
    sight comment, id, retry, type;
    std::string type_value;
    bool is_id_empty = false;
    std::size_t fields = 0;
    std::size_t data_lines = 0;
    std::size_t size = 0;
    place data_at;
    bool is_bare = false;
    bool is_done = false;
  } block_;
  bool has_id_ = false;  // of an event before
  bool is_line_blank_ = false;
  bool is_behind_blank_ = true;
  std::optional<tool::line_end> end_before_;
};

}  // namespace tool

#endif
