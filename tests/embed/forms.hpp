// SPDX-License-Identifier: MIT
// The steps of a parser as code has them that is optimised for speed, and for size, and for
// machines with wide vectors.
#ifndef SSEWIRE_TESTS_EMBED_FORMS_HPP
#define SSEWIRE_TESTS_EMBED_FORMS_HPP

#include <sse/growing_parser.hpp>
#include <sse/parser.hpp>
#include <sse/writer.hpp>
#include <string>
#include <string_view>

struct form {
  using step = sse::parser::status (sse::detail::parsing::*)(sse::event&) noexcept;

  bool is_small;
  step next;
  void (*feed)(sse::parser&, std::string_view);
  sse::parser::status (*take)(sse::parser&, sse::event&);
  sse::parser::status (*finish)(sse::parser&, sse::event&);
  void (*grow)(sse::growing_parser&, std::string_view, std::string& seen);
  sse::writer::status (*write)(sse::writer&, const sse::event&);
};

#if defined(SSEWIRE_DETAIL_SMALL)
#define FORM small_form
#elif defined(__AVX512BW__)
#define FORM avx512_form
#elif defined(__AVX2__)
#define FORM avx2_form
#else
#define FORM fast_form
#endif

extern const form fast_form;
extern const form small_form;
extern const form avx2_form;  // where the program is made for a machine that may have it
extern const form avx512_form;

#endif
