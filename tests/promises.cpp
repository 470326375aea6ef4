// SPDX-License-Identifier: MIT
// What the headers promise of their types.
#include <doctest/doctest.h>

#include <memory>
#include <sse/channel.hpp>
#include <sse/sse.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

// ---- nothing of parser and writer throws

#define NO_THROW(expression) static_assert(noexcept(expression), #expression)

using text = std::string_view;
using milliseconds = std::chrono::milliseconds;

[[maybe_unused]] constexpr auto nothing_throws = [](sse::parser& parser, sse::writer& writer,
                                                    sse::event& event, char (&memory)[4]) {
  NO_THROW(sse::parser(nullptr, 0));
  NO_THROW(sse::parser(std::declval<sse::parser&&>()));
  NO_THROW(parser = std::declval<sse::parser&&>());
  NO_THROW(parser.feed(text{}));
  NO_THROW(parser.next(event));
  NO_THROW(parser.events(text{}));
  NO_THROW(parser.last_event_id());
  NO_THROW(parser.set_last_event_id(text{}));
  NO_THROW(parser.reconnection_time());
  NO_THROW(parser.unread());
  NO_THROW(parser.offset());
  NO_THROW(parser.event_offset());
  NO_THROW(parser.raw());
  NO_THROW(parser.use_storage(nullptr, 0));
  NO_THROW(parser.use_storage(memory));
  NO_THROW(sse::parser(memory));
  NO_THROW(parser.kept());
  NO_THROW(parser.drain());
  NO_THROW(parser.report(sse::report::comments | sse::report::no_data));
  NO_THROW(parser.pending());
  NO_THROW(parser.finish(event));
  NO_THROW(parser.reset());
  NO_THROW(sse::writer(nullptr, 0));
  NO_THROW(writer.write(event));
  NO_THROW(writer.comment(text{}));
  NO_THROW(writer.retry(milliseconds{}));
  NO_THROW(writer.begin(event));
  NO_THROW(writer.write(text{}));
  NO_THROW(writer.write(text{}, text{}));
  NO_THROW(writer.begin(text{}, text{}));
  NO_THROW(writer.data_some(std::declval<text&>()));
  NO_THROW(writer.cancel());
  NO_THROW(writer.use_buffer(memory));
  NO_THROW(writer.data(text{}));
  NO_THROW(writer.end());
  NO_THROW(writer.written());
  NO_THROW(writer.clear());
  NO_THROW(sse::encoded_size(event));
  NO_THROW(sse::gather(event, static_cast<text*>(nullptr), 0));
  NO_THROW(sse::is_header_safe(text{}));
  NO_THROW(sse::is_event_stream(text{}));
  NO_THROW(sse::event{text{}});
  NO_THROW((sse::event{text{}, text{}}));
  NO_THROW(event.with_id(text{}));
  NO_THROW(event.with_retry(milliseconds{}));
  NO_THROW(event.has_type());
  NO_THROW(event == event);
  NO_THROW(event != event);
  NO_THROW(sse::bytes(text{}));
  NO_THROW(sse::bytes(memory, sizeof memory));
  NO_THROW(sse::storage(memory));
};

using lent_source = sse::basic_event_source<sse::parser>;
[[maybe_unused]] constexpr auto nothing_of_a_client_throws =
    [](lent_source& source, sse::event& event, sse::response& head, sse::verdict& verdict,
       lent_source::time_point now) {
      NO_THROW(source.next(now));
      NO_THROW(source.headers());
      NO_THROW(source.judge(head));
      NO_THROW(source.responded(head, now));
      NO_THROW(source.responded(verdict, now));
      NO_THROW(source.events(text{}, now));
      NO_THROW(source.feed(text{}, now));
      NO_THROW(source.take(event));
      NO_THROW(source.ended(now));
      NO_THROW(source.failed(now));
      NO_THROW(source.close());
      NO_THROW(source.hurry());
      NO_THROW(source.state());
      NO_THROW(source.why());
      NO_THROW(source.failures());
      NO_THROW(source.last_event_id());
      NO_THROW(source.parser());
      NO_THROW(source.next(now).timeout(now));
      NO_THROW(sse::describe(sse::reason::none));
      NO_THROW(sse::policy::daemon());
    };

[[maybe_unused]] constexpr auto nothing_of_a_channel_throws =
    [](sse::channel& channel, sse::cursor& at, const sse::event& event, char (&memory)[4],
       sse::channel::entry (&entries)[4], text* pieces) {
      constexpr auto none = [](std::uint64_t) noexcept { return false; };
      NO_THROW(sse::channel(memory, entries));
      NO_THROW(sse::channel(memory, entries, 1, 2));
      NO_THROW(channel.publish(event, 1));
      NO_THROW(channel.publish(text{}));
      NO_THROW(channel.publish(text{}, text{}));
      NO_THROW(channel.resume(text{}));
      NO_THROW(channel.oldest());
      NO_THROW(channel.newest());
      NO_THROW(channel.read(at, pieces, 0));
      NO_THROW(channel.read(at, pieces, 0, none));
      NO_THROW(channel.sent(at, 0));
      NO_THROW(channel.sent(at, 0, none));
      NO_THROW(channel.skip(at));
      NO_THROW(channel.skip(at, none));
      NO_THROW(channel.last_event_id(at, memory));
      NO_THROW(channel.count());
      NO_THROW(at.is_within_event());
      NO_THROW(at == at);
      NO_THROW(at != at);
    };

// ---- what the types are

static_assert(sizeof(sse::cursor) <= 24);
static_assert(std::is_trivially_copyable_v<sse::cursor>);
static_assert(std::is_nothrow_default_constructible_v<sse::cursor>);
static_assert(std::is_trivially_destructible_v<sse::channel>);
static_assert(!std::is_copy_constructible_v<sse::channel>);
static_assert(!std::is_copy_assignable_v<sse::channel>);

static_assert(sizeof(lent_source) <= sizeof(sse::parser) + 128);
static_assert(sizeof(sse::event_source) <= sizeof(sse::growing_parser) + 128);
static_assert(std::is_nothrow_move_constructible_v<lent_source>);
static_assert(std::is_trivially_destructible_v<lent_source>);

static_assert(sizeof(sse::parser) <= 128);
static_assert(std::is_trivially_destructible_v<sse::parser>);
static_assert(std::is_trivially_destructible_v<sse::writer>);
static_assert(std::is_nothrow_move_constructible_v<sse::parser>);
static_assert(std::is_nothrow_move_assignable_v<sse::parser>);
static_assert(!std::is_copy_constructible_v<sse::parser>);
static_assert(!std::is_copy_assignable_v<sse::parser>);
static_assert(std::is_nothrow_move_constructible_v<sse::growing_parser>);
static_assert(!std::is_copy_constructible_v<sse::growing_parser>);
static_assert(std::is_trivially_copyable_v<sse::event>);
static_assert(std::is_trivially_destructible_v<sse::event>);
static_assert(std::is_default_constructible_v<sse::growing_parser>);
static_assert(std::is_trivially_copyable_v<sse::bytes>);
static_assert(std::is_trivially_copyable_v<sse::storage>);
static_assert(sse::media_type == "text/event-stream");

// ---- chunks that would not live long enough are refused

template <class Parser, class Chunk, class = void>
constexpr bool takes = false;
template <class Parser, class Chunk>
constexpr bool takes<Parser, Chunk,
                     std::void_t<decltype(std::declval<Parser&>().feed(std::declval<Chunk>())),
                                 decltype(std::declval<Parser&>().events(std::declval<Chunk>()))>> =
    true;

template <class Parser>
constexpr bool takes_what_lives_and_nothing_else =
    takes<Parser, text>&& takes<Parser, const char*>&& takes<Parser, std::string&>&&
        takes<Parser, const std::string&>&& takes<Parser, const char (&)[6]> &&
    !takes<Parser, std::string> && !takes<Parser, const std::string> && !takes<Parser, char (&)[6]>;
static_assert(takes_what_lives_and_nothing_else<sse::parser>);
static_assert(takes_what_lives_and_nothing_else<sse::growing_parser>);

TEST_CASE("a 4 GiB comment goes through 16 bytes of storage, and nothing is kept") {
  char storage[16];
  sse::parser parser(storage);
  sse::event e;
  const std::string chunk(std::size_t{1} << 20, 'c');
  parser.feed(":");
  REQUIRE(parser.next(e) == sse::parser::status::need_input);
  for (int i = 0; i < 4096; ++i) {
    parser.feed(chunk);
    REQUIRE(parser.next(e) == sse::parser::status::need_input);
    REQUIRE(parser.kept() == 0);
  }
  CHECK(parser.offset() == (std::uint64_t{4} << 30) + 1);
  parser.feed("\ndata:x\n\n");
  REQUIRE(parser.next(e) == sse::parser::status::event);
  CHECK(e.data == "x");
}

TEST_CASE("parsers may be used by several owners one after another, each with its own storage") {
  std::vector<sse::growing_parser> parsers;
  for (int i = 0; i < 20; ++i) {
    parsers.emplace_back();
    for (auto& each : parsers) {
      for (const auto& e : each.events("data: a\nda")) CHECK(e.data.empty());
    }
    for (auto& each : parsers) {
      std::string data;
      for (const auto& e : each.events("ta: b\n\n")) data = e.data;
      CHECK(data == "a\nb");
    }
  }
  parsers.erase(parsers.begin());
  CHECK(parsers.size() == 19);
}

}  // namespace
