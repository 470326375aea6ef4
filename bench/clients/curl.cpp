// SPDX-License-Identifier: MIT
// A file of a client library on libcurl, for ../compile: with WITH_PARSER it hands on events, and
// without what comes.
#include <curl/curl.h>

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#ifdef WITH_PARSER
#include <sse/parser.hpp>
#endif

namespace client {

using fields = std::map<std::string, std::string>;
// What comes, and the name of what it is.
using receiver = std::function<bool(std::string_view type, std::string_view data)>;

class session {
 public:
  explicit session(const std::string& url) : curl_(curl_easy_init(), curl_easy_cleanup) {
    if (!curl_) throw std::runtime_error("curl_easy_init");
    curl_easy_setopt(curl_.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, write);
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEDATA, this);
  }

  long get(const fields& header, receiver receive) {
    receive_ = std::move(receive);
    std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> list(nullptr, curl_slist_free_all);
    for (const auto& [name, value] : header) {
      const std::string line = name + ": " + value;
      curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
      if (longer == nullptr) throw std::bad_alloc();
      (void)list.release();
      list.reset(longer);
    }
    curl_easy_setopt(curl_.get(), CURLOPT_HTTPHEADER, list.get());
    const CURLcode result = curl_easy_perform(curl_.get());
    if (result != CURLE_OK) throw std::runtime_error(curl_easy_strerror(result));
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
  }

 private:
  static std::size_t write(char* bytes, std::size_t, std::size_t size, void* user) {
    return static_cast<session*>(user)->take({bytes, size}) ? size : 0;
  }

  bool take(std::string_view bytes) {
#ifdef WITH_PARSER
    for (const auto& e : parser_.events(bytes)) {
      if (!receive_(e.type, e.data)) return false;
    }
    return true;
#else
    return receive_("bytes", bytes);
#endif
  }

  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl_;
  receiver receive_;
#ifdef WITH_PARSER
  std::string storage_ = std::string(65536, '\0');
  sse::parser parser_{storage_};
#endif
};

long get(const std::string& url, const fields& header, receiver receive) {
  return session(url).get(header, std::move(receive));
}

}  // namespace client
