// SPDX-License-Identifier: MIT
#include "ours.hpp"

#include "answer.hpp"
#include "chunks.hpp"

namespace bench {

namespace {

template <class Parser, class Sink>
void take(const Parser& parser, const sse::event& e, Sink& sink) {
  sink.data(e.data);
  sink.end(Sink::wants_id_in_force ? parser.last_event_id() : e.id.value_or(std::string_view()),
           e.type);
}

template <class Parser, class Sizes, class Sink>
void run_next(Parser& parser, std::string_view text, Sizes sizes, Sink& sink) {
  sse::event e;
  for_each_chunk(text, sizes, [&](std::string_view piece) {
    parser.feed(piece);
    while (parser.next(e) == Parser::status::event) take(parser, e, sink);
  });
}

}  // namespace

template <class Sizes, class Sink>
void ours_next::run(std::string_view text, Sizes sizes, Sink& sink) {
  run_next(parser_, text, sizes, sink);
}

template <class Sizes, class Sink>
void ours_events::run(std::string_view text, Sizes sizes, Sink& sink) {
  for_each_chunk(text, sizes, [&](std::string_view piece) {
    for (const sse::event& e : parser_.events(piece)) take(parser_, e, sink);
  });
}

template <class Sizes, class Sink>
void ours_growing::run(std::string_view text, Sizes sizes, Sink& sink) {
  run_next(parser_, text, sizes, sink);
}

template <class Sizes, class Sink>
void ours_drain::run(std::string_view text, Sizes sizes, Sink& sink) {
  using status = sse::parser::status;
  for_each_chunk(text, sizes, [&](std::string_view piece) {
    parser_.feed(piece);
    sse::event e;
    for (status s; (s = parser_.next(e)) != status::need_input;) {
      if (s == status::event) {
        take(parser_, e, sink);
      } else {
        sink.data(parser_.drain());
      }
    }
  });
}

template void ours_next::run(std::string_view, SSEWIRE_BENCH_SIZES, answer&);
template void ours_next::run(std::string_view, SSEWIRE_BENCH_SIZES, tally&);
template void ours_events::run(std::string_view, SSEWIRE_BENCH_SIZES, answer&);
template void ours_events::run(std::string_view, SSEWIRE_BENCH_SIZES, tally&);
template void ours_growing::run(std::string_view, SSEWIRE_BENCH_SIZES, answer&);
template void ours_growing::run(std::string_view, SSEWIRE_BENCH_SIZES, tally&);
template void ours_drain::run(std::string_view, SSEWIRE_BENCH_SIZES, answer&);
template void ours_drain::run(std::string_view, SSEWIRE_BENCH_SIZES, tally&);

}  // namespace bench
