// SPDX-License-Identifier: MIT
// What a node tells of itself, in the text format of Prometheus.
#ifndef SSEWIRE_EXAMPLES_REPORT_HPP
#define SSEWIRE_EXAMPLES_REPORT_HPP

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <ctime>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "log.hpp"
#include "publisher.hpp"
#include "redis.hpp"
#include "resuming.hpp"

namespace cluster {

class report {
 public:
  using labels = std::vector<std::pair<std::string, std::string>>;

  std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

  void add(const resuming::figures& f, unsigned followers, bool is_draining) {
    gauge("followers", "Followers that are connected.", followers);
    gauge("draining", "Whether it sends its followers away.", is_draining ? 1 : 0);
    counter("deliveries_total", "Events sent, counted once for each follower.", f.deliveries);
    counter("sent_bytes_total", "Bytes of events sent.", f.bytes);
    counter("heartbeats_total", "Heartbeats sent.", f.heartbeats);
    const char* const begun = "Streams begun: at the tail, or with an ID that was found there.";
    counter("begun_total", begun, f.began, {{"from", "tail"}});
    counter("begun_total", begun, f.resumed_from_ring, {{"from", "ring"}});
    counter("begun_total", begun, f.resumed_from_stream, {{"from", "stream"}});
    counter("overtaken_total", "Followers that fell behind the ring.", f.overtaken);
    counter("cut_total", "Followers closed within an event.", f.cut);
    counter("pages_total", "Pages asked for, of followers behind the ring.", f.pages);
    for (std::size_t i = 1; i < f.gaps.size(); ++i) {
      counter("gaps_total", "Gaps told to one follower.", f.gaps[i], {{"reason", reason_names[i]}});
    }
  }

  void add(const publisher::figures& f) {
    const char* const help = "Requests to publish.";
    counter("publish_total", help, f.published, {{"result", "published"}});
    counter("publish_total", help, f.repeated, {{"result", "repeated"}});
    counter("publish_total", help, f.refused, {{"result", "refused"}});
  }

  void add(const redis& commands, const std::deque<redis>& readers, const std::deque<log>& logs,
           const std::vector<std::string>& streams) {
    gauge("redis_ready", "Whether Redis takes commands.", commands.is_ready() ? 1 : 0);
    const char* const made = "Connections made to Redis.";
    counter("redis_connections_total", made, commands.times_ready(), {{"for", "commands"}});
    for (std::size_t i = 0; i < logs.size(); ++i) {
      counter("redis_connections_total", made, readers[i].times_ready(), {{"for", streams[i]}});
    }
    const auto of = [&](std::size_t i) { return labels{{"stream", streams[i]}}; };
    for (std::size_t i = 0; i < logs.size(); ++i) {
      counter("stream_entries_total", "Entries read.", logs[i].counted().entries, of(i));
    }
    for (std::size_t i = 0; i < logs.size(); ++i) {
      counter("stream_gaps_total", "Gaps told to all followers.", logs[i].counted().gaps, of(i));
    }
    for (std::size_t i = 0; i < logs.size(); ++i) {
      gauge("stream_lag", "Entries that are in Redis and not here yet.", logs[i].lag(), of(i));
    }
    gauge("processor_seconds", "Processor time of the process.",
          static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
  }

 private:
  template <class Number>
  void gauge(const char* name, const char* help, Number value, const labels& its = {}) {
    put(name, help, prometheus::MetricType::Gauge, its).gauge.value = static_cast<double>(value);
  }
  template <class Number>
  void counter(const char* name, const char* help, Number value, const labels& its = {}) {
    put(name, help, prometheus::MetricType::Counter, its).counter.value =
        static_cast<double>(value);
  }

  /// Those of one name have to follow each other.
  prometheus::ClientMetric& put(const std::string& name, const char* help,
                                prometheus::MetricType type, const labels& its) {
    if (families_.empty() || families_.back().name != "sse_node_" + name) {
      families_.push_back({"sse_node_" + name, help, type, {}});
    }
    auto& metric = families_.back().metric.emplace_back();
    for (const auto& [label, value] : its) metric.label.push_back({label, value});
    return metric;
  }

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace cluster

#endif
