// SPDX-License-Identifier: MIT
// The form and kernel that the options of the compiler ask for.
#include "forms.hpp"
#include "support/walk.hpp"

const form FORM{
#ifdef SSEWIRE_DETAIL_SMALL
    true,
#else
    false,
#endif
    &sse::detail::parsing::next,
    [](sse::parser& parser, std::string_view chunk) { parser.feed(chunk); },
    [](sse::parser& parser, sse::event& e) { return parser.next(e); },
    [](sse::parser& parser, sse::event& e) { return parser.finish(e); },
    [](sse::growing_parser& parser, std::string_view chunk, std::string& seen) {
      for (const auto& each : parser.events(chunk)) seen += told(each.kind, each);
    },
    [](sse::writer& writer, const sse::event& e) { return writer.write(e); }};
