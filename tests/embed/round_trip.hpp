// SPDX-License-Identifier: MIT
// A little of everything that needs no allocator. Includes nothing: what stands in front of the
// library's headers is up to each test.
#ifndef SSEWIRE_TESTS_EMBED_ROUND_TRIP_HPP
#define SSEWIRE_TESTS_EMBED_ROUND_TRIP_HPP

inline bool round_trip() {
  const sse::event sent =
      sse::event("tick", "one\ntwo").with_id("7").with_retry(std::chrono::milliseconds(5));
  char buffer[64];
  sse::writer writer(buffer);
  if (writer.write(sent) != sse::writer::status::ok) return false;
  const std::string_view text = writer.written();

  std::string_view pieces[32];
  const sse::gathered gathered = sse::gather(sent, pieces, 32);
  std::size_t gathered_size = 0;
  for (std::size_t i = 0; i < gathered.count; ++i) gathered_size += pieces[i].size();
  if (gathered_size != text.size() || sse::encoded_size(sent) != text.size()) return false;

  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    char storage[32];
    sse::parser parser(storage);
    int matches = 0;
    for (const std::string_view chunk : {text.substr(0, cut), text.substr(cut)}) {
      for (const sse::event& e : parser.events(chunk)) matches += e == sent;
    }
    if (matches != 1 || parser.last_event_id() != "7") return false;
  }
  return true;
}

#endif
