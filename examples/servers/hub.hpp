// SPDX-License-Identifier: MIT
// Who follows what: clients that are sent to one, to those of a topic, or to all, by their names.
// There is no I/O here.
#ifndef SSEWIRE_EXAMPLES_HUB_HPP
#define SSEWIRE_EXAMPLES_HUB_HPP

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sse/channel.hpp>
#include <sse/data_stream.hpp>
#include <sse/growing_writer.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tokens.hpp"

class hub {
 public:
  using topic = std::uint64_t;
  struct client {
    std::function<void()> wake;  // there is something for it, or it is to end
    std::string name = {};
    std::set<topic> topics = {};
    sse::cursor place = {};
    bool is_ending = false;
  };

  hub(std::size_t ring, std::string_view secret)
      : bytes_(ring), entries_(ring / 128), key_(tokens::sign(secret, some_number())) {}

  std::size_t count() const { return clients_.size(); }

  /// Returns what the client is to be told first. Throws if names are not UTF-8, as JSON has to be.
  std::string add(client& c, const std::set<std::string>& topics, std::string_view last_event_id) {
    c.topics = {topic_of(c.name), topic_of("/broadcast")};
    for (const std::string& name : topics) c.topics.insert(topic_of(name));
    const sse::resumed from = channel_.resume(last_event_id);
    c.place = from.where;
    std::string text;
    if (from.kind == sse::resumed::evicted) text = tell(c, "gap", from.missed);
    if (from.kind == sse::resumed::unknown) text = tell(c, "gap", "unknown");
    text += tell(c, "ready", {{"client", c.name}, {"channels", topics}});
    clients_.insert(&c);
    return text;
  }
  void remove(client& c) { clients_.erase(&c); }

  /// To all who follow, by the name of a topic or of a client. False if the type cannot be sent.
  bool publish(std::string_view name, std::string_view type, std::string_view data) {
    const topic to = topic_of(name);
    if (channel_.publish({type, data}, to) != sse::channel::status::ok) return false;
    // Clients of quiet topics go on too before the ring overtakes them.
    const bool is_for_all = (unseen_ += data.size() + 256) > bytes_.size() / 4;
    if (is_for_all) unseen_ = 0;
    for (const client* c : clients_) {
      if (is_for_all || c->topics.count(to) != 0) c->wake();
    }
    return true;
  }

  /// Does something to all clients of a name, or to all if it is empty. False if there are none.
  template <class Action>
  bool for_each(std::string_view name, const Action& action) {
    bool is_known = false;
    for (client* c : clients_) {
      if (c->name != name && !name.empty()) continue;
      action(*c);
      is_known = true;
    }
    return is_known;
  }
  void follow(client& c, std::string_view name) { c.topics.insert(topic_of(name)); }
  void unfollow(client& c, std::string_view name) { c.topics.erase(topic_of(name)); }
  static void end(client& c) {
    c.is_ending = true;
    c.wake();
  }

  /// Whole events: who is slow misses some, and is not cut off within one. They are copied, for the
  /// ring may have gone on before they are written. Empty if it has all.
  std::string next(client& c) const {
    std::string text;
    const auto take = [&](std::size_t most, const auto& wants) {
      std::string_view pieces[16];
      const sse::reading found = channel_.read(c.place, pieces, 16, wants);
      for (const std::string_view piece : pieces) text += piece.substr(0, most - text.size());
      channel_.sent(c.place, std::min(found.bytes, most), wants);
      return found;
    };
    const auto followed = [&](topic t) { return c.topics.count(t) != 0; };
    if (const auto found = take(at_once, followed); found.kind == sse::reading::overtaken) {
      return tell(c, "gap", found.missed);
    }
    const auto nothing_more = [](topic) { return false; };
    if (c.place.is_within_event()) take(text.max_size(), nothing_more);
    return text;
  }

  /// With an ID to resume from, so that clients of quiet topics can. It is an event, for pages do
  /// not see comments.
  std::string heartbeat(const client& c) const {
    return tell(c, "heartbeat", nlohmann::json::object());
  }

 private:
  static constexpr std::size_t at_once = 65'536;  // bytes that are copied, and the rest of an event

  static std::string some_number() { return std::to_string(std::random_device{}()); }

  /// Names are not kept: a number stands for each, and nobody can find two that have the same.
  topic topic_of(std::string_view name) const {
    return std::stoull(tokens::sign(key_, name).substr(0, 16), nullptr, 16);
  }

  /// What is not of the channel. The data are written straight into the event.
  std::string tell(const client& c, std::string_view type, const nlohmann::json& data) const {
    char memory[40];
    const auto event = sse::event(type, "").with_id(channel_.last_event_id(c.place, memory));
    // After a restart they do not all come back at once.
    const std::chrono::milliseconds time(1000 + std::rand() % 2048);
    sse::growing_writer writer;
    const auto ok = sse::writer::status::ok;
    if (writer.begin(type == "ready" ? event.with_retry(time) : event) != ok) return {};
    sse::data_stream(writer) << data;
    return writer.end() == ok ? writer.take() : std::string();
  }

  std::vector<char> bytes_;
  std::vector<sse::channel::entry> entries_;
  sse::channel channel_{bytes_, entries_, std::random_device{}()};
  const std::string key_;
  std::set<client*> clients_;
  std::size_t unseen_ = 0;  // bytes that were published since all were woken
};

#endif
