// SPDX-License-Identifier: MIT
// The client machine: what it says comes next by the standard, and what does not matter any more.
#include <doctest/doctest.h>

#include "support/client.hpp"

using sse::policy;
using sse::ready_state;
using sse::reason;

// ---- The standard, 9.2.2 and 9.2.3

TEST_CASE("a source connects, is open with a stream, and gives its events") {
  test_source source;
  CHECK(source.state() == ready_state::connecting);
  check_step(source.next(at(0ms)), step::connect, never);
  check_step(source.next(at(0ms)), step::receive, never);
  CHECK(source.state() == ready_state::connecting);
  const sse::verdict verdict = source.responded(a_stream(), at(1ms));
  CHECK(verdict.kind == kind::stream);
  CHECK(verdict.why == reason::none);
  CHECK(source.state() == ready_state::open);
  CHECK(data_of(source, "data: a\n\nid: 7\ndata: b\n\nda", at(2ms)) ==
        std::vector<std::string>{"a", "b"});
  CHECK(data_of(source, "ta: c\n\n", at(3ms)) == std::vector<std::string>{"c"});
  check_step(source.next(at(4ms)), step::receive, never);
  CHECK(source.last_event_id() == "7");
}

TEST_CASE("the ready states have the standard's numbers") {
  static_assert(static_cast<int>(ready_state::connecting) == 0);
  static_assert(static_cast<int>(ready_state::open) == 1);
  static_assert(static_cast<int>(ready_state::closed) == 2);
}

TEST_CASE("a request says what it takes, and is not to be answered from a cache") {
  CHECK(fields_of(test_source()) == "Accept: text/event-stream\nCache-Control: no-cache\n");
}

TEST_CASE(
    "at the end of a stream it waits for the reconnection time, and tells the last event ID") {
  test_source source = open_source(policy::standard());
  data_of(source, "id: 7\nretry: 1234\ndata: x\n\n", at(5s));
  source.ended(at(6s));
  CHECK(source.state() == ready_state::connecting);
  check_step(source.next(at(6s)), step::wait, at(7234ms), reason::stream_ended);
  check_step(source.next(at(7233ms)), step::wait, at(7234ms), reason::stream_ended);
  check_step(source.next(at(7234ms)), step::connect, never);
  CHECK(fields_of(source) ==
        "Accept: text/event-stream\nCache-Control: no-cache\nLast-Event-ID: 7\n");
}

TEST_CASE("half an event at the end of a stream is none, nor is its ID; its retry counts") {
  test_source source = open_source(policy::standard());
  data_of(source, "id: 1\ndata: x\n\nid: 2\nretry: 700\ndata: y\n", at(1s));
  source.ended(at(1s));
  CHECK(source.next(at(1s)).deadline == at(1700ms));
  CHECK(source.next(at(1700ms)).kind == step::connect);
  CHECK(source.last_event_id() == "1");
  source.responded(a_stream(), at(2s));
  CHECK(data_of(source, "\ndata: z\n\n", at(2s)) == std::vector<std::string>{"z"});
}

TEST_CASE("by the standard a failed connection is tried again, whenever, after the same time") {
  test_source source;
  for (auto now = at(0ms); now < at(24h); now += 3s) {
    CHECK(source.next(now).kind == step::connect);
    source.failed(now);
    check_step(source.next(now), step::wait, now + 3s, reason::connection_failed);
  }
  CHECK(source.failures() == 28800);
}

TEST_CASE("by the standard any status but 200 is the end, and so is any other media type") {
  for (const int status : {201, 204, 205, 206, 299, 300, 304, 305, 306, 400, 401, 404,
                           410, 408, 425, 429, 500, 502, 503, 599, 999, 0,   -1}) {
    CAPTURE(status);
    test_source source;
    connect(source, at(0ms));
    sse::response head = a_stream();
    head.status = status;
    head.retry_after = "5";
    CHECK(source.responded(head, at(1s)).kind == kind::stop);
    CHECK(source.state() == ready_state::closed);
    check_step(source.next(at(2s)), step::closed, never,
               status == 204 ? reason::stop : reason::refused);
  }
  for (const char* const type : {"", "text/html", "text/event-streams", "x bogus"}) {
    test_source source;
    connect(source, at(0ms));
    CHECK(source.responded(a_stream(type), at(0ms)).kind == kind::stop);
    check_step(source.next(at(0ms)), step::closed, never, reason::wrong_media_type);
  }
}

TEST_CASE("a redirect is followed at once") {
  for (const int status : {301, 302, 303, 307, 308}) {
    CAPTURE(status);
    test_source source;
    CHECK(!source.next(at(0ms)).is_redirected);
    const sse::verdict verdict = source.responded(a_redirect(status), at(1s));
    CHECK(verdict.kind == kind::redirect);
    CHECK(verdict.why == reason::none);
    CHECK(verdict.is_lasting == (status == 301 || status == 308));
    CHECK(source.state() == ready_state::connecting);
    const step next = source.next(at(1s));
    check_step(next, step::connect, never);
    CHECK(next.is_redirected);
    CHECK(source.responded(a_stream(), at(1s)).kind == kind::stream);
    source.ended(at(2s));
    CHECK(!source.next(at(5s)).is_redirected);
  }
}

TEST_CASE("only five statuses are redirects, and only from 100 to 199 one is informational") {
  for (const int status : {99, 200, 204, 300, 304, 305, 306, 309, 404}) {
    CAPTURE(status);
    test_source source;
    connect(source, at(0ms));
    CHECK(source.responded(a_redirect(status), at(0ms)).kind == kind::stop);
  }
}

TEST_CASE("a redirect to nowhere is a refusal") {
  test_source source;
  connect(source, at(0ms));
  CHECK(source.responded(with_status(302), at(0ms)).kind == kind::stop);
  CHECK(source.why() == reason::refused);
}

TEST_CASE("to keep to the target of a temporary redirect is the policy's choice") {
  policy as_chromium;
  as_chromium.keeps_temporary_redirects = true;
  test_source source(as_chromium, 0);
  CHECK(source.judge(a_redirect(302)).is_lasting);
  CHECK(source.judge(a_redirect(301)).is_lasting);
}

TEST_CASE("what comes behind a temporary redirect is temporary, too, until the next connection") {
  for (const bool ends : {false, true}) {
    test_source source;
    connect(source, at(0ms));
    CHECK(source.responded(a_redirect(301), at(0ms)).is_lasting);
    connect(source, at(0ms));
    CHECK_FALSE(source.responded(a_redirect(302), at(0ms)).is_lasting);
    connect(source, at(0ms));
    CHECK_FALSE(source.responded(a_redirect(301), at(0ms)).is_lasting);
    connect(source, at(0ms));
    if (ends) source.responded(a_stream(), at(0ms));
    source.failed(at(0ms));
    connect(source, at(3s));
    CHECK(source.responded(a_redirect(301), at(3s)).is_lasting);
  }
}

TEST_CASE("of a row of redirects one too many is a failure, and then the row begins anew") {
  policy two;
  two.most_redirects = 2;
  test_source source(two, 0);
  for (auto now = at(0ms); now < at(10s); now += 3s) {
    for (int i = 0; i < 2; ++i) {
      CHECK(source.next(now).is_redirected == (i != 0));
      CHECK(source.responded(a_redirect(307), now).kind == kind::redirect);
    }
    CHECK(source.next(now).is_redirected);
    const sse::verdict last = source.responded(a_redirect(307), now);
    CHECK(last.kind == kind::retry);
    CHECK(last.why == reason::too_many_redirects);
    check_step(source.next(now), step::wait, now + 3s, reason::too_many_redirects);
  }
  connect(source, at(12s));
  source.responded(a_redirect(307), at(12s));
  connect(source, at(12s));
  source.responded(a_stream(), at(12s));
  source.ended(at(12s));
  connect(source, at(15s));
  CHECK(source.responded(a_redirect(307), at(15s)).kind == kind::redirect);
  connect(source, at(15s));
  CHECK(source.responded(a_redirect(307), at(15s)).kind == kind::redirect);
}

TEST_CASE("an informational response is not the response yet") {
  for (const int status : {100, 103, 199}) {
    test_source source;
    connect(source, at(0ms));
    const sse::verdict verdict = source.responded(with_status(status), at(0ms));
    CHECK(verdict.kind == kind::ignored);
    CHECK(verdict.why == reason::none);
    CHECK(source.state() == ready_state::connecting);
    CHECK(source.next(at(0ms)).kind == step::receive);
    CHECK(source.responded(a_stream(), at(0ms)).kind == kind::stream);
  }
}

// ---- The last event ID

TEST_CASE("an ID that cannot travel is left out") {
  for (const std::string& id : {std::string(4097, 'a'), std::string("a\x01"), std::string(" a")}) {
    test_source source;
    REQUIRE(source.parser().set_last_event_id(id));
    CHECK(source.headers().size() == 2);
    CHECK(source.last_event_id() == id);
  }
  test_source source;
  REQUIRE(source.parser().set_last_event_id("\xC3\xA4"));
  CHECK(fields_of(source) ==
        "Accept: text/event-stream\nCache-Control: no-cache\nLast-Event-ID: \xC3\xA4\n");
}

// ---- Closing, and what comes too late or too early

TEST_CASE("a source may be closed at any moment, for good") {
  using act = void (*)(test_source&);
  const act ways[] = {
      [](test_source&) {},
      [](test_source& s) { connect(s, at(0ms)); },
      [](test_source& s) { connect(s, at(0ms)), s.responded(a_stream(), at(0ms)); },
      [](test_source& s) { connect(s, at(0ms)), s.responded(a_redirect(301), at(0ms)); },
      [](test_source& s) { connect(s, at(0ms)), s.failed(at(0ms)); },
  };
  for (const act way : ways) {
    test_source source;
    way(source);
    source.close();
    const auto is_closed = [&] {
      CHECK(source.state() == ready_state::closed);
      check_step(source.next(at(9s)), step::closed, never, reason::closed);
    };
    is_closed();
    CHECK(source.responded(a_stream(), at(9s)).kind == kind::ignored);
    is_closed();
    source.failed(at(9s));
    source.ended(at(9s));
    source.hurry();
    source.close();
    is_closed();
    CHECK(data_of(source, "data: x\n\n", at(9s)).empty());
    is_closed();
  }
}

TEST_CASE("the event that a body ended within counts, if it is asked for") {
  test_source source = open_source(daemon_without_jitter());
  sse::event e;
  CHECK(source.finish(e) == test_source::status::need_input);
  CHECK(data_of(source, "data: x\n", at(0ms)).empty());
  REQUIRE(source.finish(e) == test_source::status::event);
  CHECK(e.data == "x");
  CHECK(source.finish(e) == test_source::status::need_input);
  source.ended(at(0ms));
  CHECK(source.failures() == 0);
  CHECK(source.finish(e) == test_source::status::need_input);
}

TEST_CASE("no event is made of what came before a connection was lost, or the source closed") {
  for (const bool closes : {false, true}) {
    test_source source = open_source(policy::standard());
    CHECK(data_of(source, "data: x\n", at(0ms)).empty());
    closes ? source.close() : source.failed(at(0ms));
    sse::event e;
    CHECK(source.finish(e) == test_source::status::need_input);
  }
}

TEST_CASE("a refusal stays the reason when the caller closes behind it") {
  test_source source;
  connect(source, at(0ms));
  source.responded(with_status(404), at(0ms));
  source.close();
  CHECK(source.why() == reason::refused);
}

TEST_CASE("who closes may say why, the first time") {
  test_source source;
  source.close(reason::refused);
  CHECK(source.next(at(0ms)).why == reason::refused);
  source.close();
  CHECK(source.why() == reason::refused);
}

TEST_CASE("a loop that closes the source has seen the last of the events") {
  test_source source = open_source(policy::standard());
  int seen = 0;
  for (const auto& e : source.events("data: a\n\ndata: b\n\n", at(0ms))) {
    CHECK(e.data == "a");
    ++seen;
    source.close();
  }
  CHECK(seen == 1);
}

TEST_CASE("what is told at the wrong time changes nothing") {
  test_source source;
  source.failed(at(0ms));
  source.ended(at(0ms));
  source.hurry();
  const sse::verdict early = source.responded(a_stream(), at(0ms));
  CHECK(early.kind == kind::ignored);
  CHECK(early.why == reason::none);
  CHECK(data_of(source, "data: x\n\n", at(0ms)).empty());
  CHECK(source.failures() == 0);
  CHECK(source.why() == reason::none);
  CHECK(source.next(at(0ms)).kind == step::connect);

  CHECK(data_of(source, "data: x\n\n", at(0ms)).empty());
  source.hurry();
  CHECK(source.next(at(0ms)).kind == step::receive);
  CHECK(source.responded(a_stream(), at(0ms)).kind == kind::stream);
  const sse::verdict late = source.responded(with_status(404), at(0ms));
  CHECK(late.kind == kind::ignored);
  CHECK(late.why == reason::none);
  CHECK(source.state() == ready_state::open);

  source.failed(at(0ms));
  source.failed(at(1s));  // the library reports the connection that was dropped
  source.ended(at(1s));
  CHECK(source.failures() == 1);
  check_step(source.next(at(1s)), step::wait, at(3s), reason::connection_failed);
  CHECK(data_of(source, "data: x\n\n", at(1s)).empty());
  sse::event e;
  source.feed("data: x\n\n", at(1s));
  CHECK(source.take(e) == sse::parser::status::need_input);
  CHECK(source.parser().offset() == 0);
}

TEST_CASE("a verdict of one's own ends it, or comes back after the policy's wait") {
  CHECK(sse::verdict().kind == kind::stop);
  CHECK(sse::verdict().wait == 0ms);
}

TEST_CASE("who hurries comes back at once") {
  test_source source;
  connect(source, at(0ms));
  source.failed(at(0ms));
  source.hurry();
  check_step(source.next(at(1ms)), step::connect, never);
  CHECK(source.failures() == 1);
}

// ---- Memory, types

TEST_CASE("with lent memory it allocates nothing, and can be evaluated by the compiler") {
  constexpr auto run = [] {
    char storage[16]{};
    lent_source source(sse::parser(storage, sizeof storage), policy::daemon(), 5);
    if (source.next(at(0ms)).kind != lent_source::step::connect) return 1;
    if (source.responded(a_stream(), at(1s)).kind != kind::stream) return 2;
    sse::event e;
    source.feed("id: 4\ndata: x\n\ndata", at(2s));
    if (source.take(e) != sse::parser::status::event || e.data != "x") return 3;
    if (source.take(e) != sse::parser::status::need_input) return 4;
    if (source.next(at(2s)).deadline != at(47s)) return 5;
    source.failed(at(3s));
    const auto wait = source.next(at(3s));
    if (wait.kind != lent_source::step::wait || wait.deadline < at(6s)) return 6;
    source.hurry();
    if (source.next(at(3s)).kind != lent_source::step::connect) return 7;
    if (source.headers().size() != 3) return 8;
    source.close();
    return source.state() == ready_state::closed ? 0 : 9;
  };
  static_assert(run() == 0);
  CHECK(run() == 0);
}

TEST_CASE("a source can be moved, in the midst of an event") {
  test_source source = open_source(policy::standard());
  CHECK(data_of(source, "id: 1\ndata: a", at(0ms)).empty());
  test_source other = std::move(source);
  CHECK(data_of(other, "b\n\n", at(1s)) == std::vector<std::string>{"ab"});
  CHECK(std::as_const(other).parser().last_event_id() == "1");
}

TEST_CASE("every reason has words of its own") {
  constexpr const char* words[] = {"nothing happened",
                                   "the server ended the stream",
                                   "the connection failed",
                                   "the server does not respond",
                                   "the server is quiet",
                                   "the server sends no events",
                                   "the server says to come again",
                                   "too many redirects",
                                   "the response is no event stream",
                                   "the server says to stop",
                                   "the server refused",
                                   "the client closed it",
                                   "nothing happened"};
  int why = 0;
  for (const char* const each : words) CHECK(sse::describe(static_cast<reason>(why++)) == each);
}
