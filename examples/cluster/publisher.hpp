// SPDX-License-Identifier: MIT
// What is posted becomes an entry of a stream, once for each key that its publisher gives.
#ifndef SSEWIRE_EXAMPLES_PUBLISHER_HPP
#define SSEWIRE_EXAMPLES_PUBLISHER_HPP

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "../servers/http.hpp"
#include "history.hpp"
#include "log.hpp"
#include "position.hpp"
#include "redis.hpp"
#include "settings.hpp"

namespace cluster {

/// An answer to a request.
struct outcome {
  const char* status;
  std::string fields, body;
};

/// Try again, but not all at once.
inline std::string later() {
  return "Retry-After: " + std::to_string(1 + std::rand() % 4) + "\r\n";
}

class publisher {
 public:
  struct figures {
    std::uint64_t published = 0, repeated = 0, refused = 0;
  };

  publisher(redis& to, const settings& its) : to_(to), its_(its) {}

  const figures& counted() const { return figures_; }

  /// Answers at once, or when Redis has: then what was asked is gone.
  void publish(const http::request& asked, const std::string& stream,
               std::function<void(const outcome&)> answer) {
    const std::string type = http::parameter(asked.query, "type", asked.event_type);
    if (!is_valid_type(type)) return answer({"400 Bad Request", "", "no type for an event\n"});
    if (asked.idempotency_key.size() > 255) {
      return answer({"400 Bad Request", "", "a key of more than 255 bytes\n"});
    }
    if (!to_.is_ready()) return answer(refuse("Redis is away"));
    std::vector<std::string> keys = {stream, epoch_key(stream)};
    if (!asked.idempotency_key.empty()) {
      keys.push_back(publishers_key(stream, asked.idempotency_key));
    }
    to_.run(cluster::publish, std::move(keys),
            {make_epoch(stream), its_.is_approximate ? "~" : "=", std::to_string(its_.max_length),
             std::string(asked.body), type, std::to_string(its_.key_life)},
            [this, answer = std::move(answer)](const redisReply* said) { answer(tell(said)); });
  }

  outcome refuse(const std::string& why) {
    ++figures_.refused;
    return {"503 Service Unavailable", later(), why + '\n'};
  }

 private:
  /// Without an answer nobody knows whether it is published: a publisher who gave a key asks again.
  outcome tell(const redisReply* said) {
    if (said == nullptr) return refuse("no answer of Redis");
    if (said->type != REDIS_REPLY_ARRAY) return refuse(std::string(text(said)));
    const bool is_new = said->element[0]->integer != 0;
    ++(is_new ? figures_.published : figures_.repeated);
    const auto number = static_cast<std::uint64_t>(said->element[3]->integer);
    const place at = from_redis(text(said->element[2]), number);
    return {is_new ? "201 Created" : "200 OK", "Content-Type: application/json\r\n",
            to_text({{"id", write({text(said->element[1]), at})}}) + '\n'};
  }

  redis& to_;
  const settings& its_;
  figures figures_;
};

}  // namespace cluster

#endif
