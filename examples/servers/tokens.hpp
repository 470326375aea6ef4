// SPDX-License-Identifier: MIT
// Who may follow, as an EventSource can bear it, which sends no header of ours: a token, signed and
// short-lived, in the URL or in the cookie `token`; other clients send it as a bearer (OpenSSL).
#ifndef SSEWIRE_EXAMPLES_TOKENS_HPP
#define SSEWIRE_EXAMPLES_TOKENS_HPP

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

#include "http.hpp"

namespace tokens {

using std::string_view;

/// In hexadecimal.
inline std::string sign(string_view key, string_view text) {
  unsigned char code[32];
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), code, nullptr);
  std::string digits;
  for (const unsigned byte : code) {
    for (const unsigned digit : {byte / 16, byte % 16}) digits += "0123456789abcdef"[digit];
  }
  return digits;
}

/// In a time that does not tell where they differ.
inline bool equals(string_view a, string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

inline std::string make(string_view key, const std::string& name, std::time_t lifetime) {
  const std::string said = name + "." + std::to_string(std::time(nullptr) + lifetime);
  return said + "." + sign(key, said);
}

/// Whose it is; empty if it is not valid, or not any more.
inline string_view name_in(string_view key, string_view token) {
  const auto end = std::min(token.size(), token.rfind('.'));
  const string_view said = token.substr(0, end);
  const auto name_end = said.rfind('.');
  if (name_end == said.npos || !equals(sign(key, said), token.substr(end + 1))) return {};
  const auto until = std::strtoll(said.data() + name_end + 1, nullptr, 10);
  return until < std::time(nullptr) ? string_view() : said.substr(0, name_end);
}

/// The one that a request shows: it has these headers, and a parameter of the URL.
inline string_view shown(string_view authorization, string_view cookies, string_view parameter) {
  if (http::take(authorization, " ") == "Bearer") return authorization;
  while (!cookies.empty()) {
    string_view value = http::take(cookies, "; ");
    if (http::take(value, "=") == "token") return value;
  }
  return parameter;
}

}  // namespace tokens

#endif
