// SPDX-License-Identifier: MIT
// What a node is told on its command line.
#ifndef SSEWIRE_EXAMPLES_SETTINGS_HPP
#define SSEWIRE_EXAMPLES_SETTINGS_HPP

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../servers/options.hpp"
#include "redis.hpp"

namespace cluster {

/// Times are in seconds.
struct settings : limits {
  std::string name, host = "127.0.0.1";
  std::uint16_t port = 0;
  std::vector<address> servers;  // that Redis may be at
  std::vector<std::string> streams;
  std::uint64_t max_length = 100'000;
  bool is_approximate = false;
  std::size_t ring = std::size_t{1} << 24;
  unsigned drain = 20, away = 30, key_life = 3'600;
};

/// HOST:PORT; a port alone, or none, will do.
inline std::optional<address> parse_address(std::string_view text) {
  address result;
  const std::size_t colon = text.rfind(':');
  const std::string_view port = colon == text.npos ? "6379" : text.substr(colon + 1);
  result.host = text.substr(0, std::min(colon, text.size()));
  const char* const end = port.data() + port.size();
  const auto [rest, error] = std::from_chars(port.data(), end, result.port);
  const bool is_port = error == std::errc() && rest == end && result.port > 0;
  if (result.host.empty() || !is_port || result.port > 65'535) return std::nullopt;
  return result;
}

/// The settings; or the program has ended, having said what is wrong.
inline settings parse_settings(int argc, char** argv) {
  settings its;
  std::string redis_addresses = "127.0.0.1:6379";
  CLI::App app{"A node that serves Redis Streams as event streams."};
  app.option_defaults()->always_capture_default();
  app.add_option("--port", its.port, "to listen on; 0 is any free one")
      ->check(CLI::Range(0, 65'535));
  app.add_option("--host", its.host, "the address of this machine to listen on");
  app.add_option("--redis", redis_addresses, "HOST:PORT, or several with commas");
  app.add_option("--name", its.name, "of this node, as clients see it");
  app.add_option("--stream", its.streams, "a stream to serve; may be given up to 64 times")
      ->required()
      ->allow_extra_args(false);
  app.add_option("--max-length", its.max_length, "entries that a stream keeps");
  app.add_flag("--approximate", its.is_approximate, "it may keep some more, for less work");
  app.add_option("--ring", its.ring, "bytes of the newest events to keep here")
      ->check(CLI::Range(std::size_t{1} << 16, std::size_t{1} << 36));
  app.add_option("--most", its.most, "followers; 0 is as many as there may be files");
  app.add_option("--heartbeat", its.heartbeat, "seconds between two")->check(CLI::Range(1, 3'600));
  app.add_option("--life", its.life, "seconds after which a stream is ended")
      ->check(CLI::Range(1, 1 << 30));
  app.add_option("--drain", its.drain, "seconds in which followers are sent away")
      ->check(CLI::Range(0, 3'600));
  app.add_option("--away", its.away, "seconds without Redis after which it is not ready");
  app.add_option("--key-life", its.key_life, "seconds for which a publisher's key is known")
      ->check(CLI::Range(1, 1 << 30));
  app.add_option("--origin", its.origins, "whose pages may follow; may be given again")
      ->allow_extra_args(false);

  const auto refuse = [&](const std::string& why) {
    std::exit(app.exit(CLI::ValidationError(why)));
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  for (std::string_view rest = redis_addresses; !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const auto found = parse_address(one);
    if (!found) refuse("not an address of Redis: " + std::string(one));
    its.servers.push_back(*found);
  }
  std::sort(its.streams.begin(), its.streams.end());
  its.streams.erase(std::unique(its.streams.begin(), its.streams.end()), its.streams.end());
  if (its.servers.empty()) refuse("--redis: no address");
  if (its.streams.size() > 64) refuse("--stream: more than 64");
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~'; };
  if (!std::all_of(its.name.begin(), its.name.end(), is_plain)) refuse("--name: not plain ASCII");
  if (its.max_length == 0) refuse("--max-length: 0 would keep nothing");
  for (const std::string& stream : its.streams) {
    const bool is_name = !stream.empty() && std::all_of(stream.begin(), stream.end(), [](char c) {
      return std::string_view("-_.:").find(c) != std::string_view::npos || (c >= '0' && c <= '9') ||
             (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
    if (!is_name || stream == "gap") refuse("--stream: letters, digits and -_.: alone: " + stream);
  }
  return its;
}

}  // namespace cluster

#endif
