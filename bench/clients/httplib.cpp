// SPDX-License-Identifier: MIT
// The same as curl.cpp, on cpp-httplib.
#include <httplib.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#ifdef WITH_PARSER
#include <sse/parser.hpp>
#endif

namespace client {

using receiver = std::function<bool(std::string_view type, std::string_view data)>;

int get(const std::string& host, const std::string& path, const httplib::Headers& header,
        const receiver& receive) {
#ifdef WITH_PARSER
  std::string storage(65536, '\0');
  sse::parser parser(storage);
#endif
  httplib::Client client(host);
  const auto result = client.Get(path, header, [&](const char* bytes, std::size_t size) {
#ifdef WITH_PARSER
    for (const auto& e : parser.events(std::string_view(bytes, size))) {
      if (!receive(e.type, e.data)) return false;
    }
    return true;
#else
    return receive("bytes", {bytes, size});
#endif
  });
  if (!result) throw std::runtime_error(httplib::to_string(result.error()));
  return result->status;
}

}  // namespace client
