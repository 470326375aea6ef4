// SPDX-License-Identifier: MIT
// usage: bench-client <URL> <version of HTTP> <certificate> <file>
// Gets a stream with libcurl into the file. Prints what libcurl it is, and how many bytes came with
// each call.
#include <curl/curl.h>

#include <cstddef>
#include <cstdio>
#include <string_view>
#include <vector>

namespace {

struct received {
  std::FILE* file;
  std::vector<std::size_t> sizes;
};

std::size_t take(char* bytes, std::size_t, std::size_t size, void* user) {
  auto* const all = static_cast<received*>(user);
  all->sizes.push_back(size);
  return std::fwrite(bytes, 1, size, all->file);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const std::string_view version = argv[2];
  received all{std::fopen(argv[4], "wb"), {}};
  CURL* const curl = curl_easy_init();
  if (all.file == nullptr || curl == nullptr) return 2;
  const long asked = version == "1.0"   ? CURL_HTTP_VERSION_1_0
                     : version == "1.1" ? CURL_HTTP_VERSION_1_1
                                        : CURL_HTTP_VERSION_2_0;
  curl_easy_setopt(curl, CURLOPT_URL, argv[1]);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, asked);
  curl_easy_setopt(curl, CURLOPT_CAINFO, argv[3]);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &all);
  const CURLcode result = curl_easy_perform(curl);
  long spoken = 0;
  curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &spoken);
  curl_easy_cleanup(curl);
  if (std::fclose(all.file) != 0 || result != CURLE_OK ||
      (spoken == CURL_HTTP_VERSION_2_0) != (asked == CURL_HTTP_VERSION_2_0)) {
    std::fprintf(stderr, "%s: %s, version %ld\n", argv[1], curl_easy_strerror(result), spoken);
    return 1;
  }
  std::printf("%s\n", curl_version());
  for (const std::size_t size : all.sizes) std::printf("%zu\n", size);
}
