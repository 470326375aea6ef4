// SPDX-License-Identifier: MIT
// Whom the commands that follow a URL trust by https.
#ifndef SSEWIRE_TOOL_TRUST_HPP
#define SSEWIRE_TOOL_TRUST_HPP

#include <curl/curl.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace tool {

/// Trusts the authorities in this file; if it has no name, those in the file that the environment
/// names, as it does for curl; else the system's.
inline void trust(CURL* curl, const std::string& file) {
  const char* name = file.empty() ? nullptr : file.c_str();
  for (const char* variable : {"CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
    if (name == nullptr || *name == '\0') name = std::getenv(variable);
  }
  if (name != nullptr && *name != '\0') curl_easy_setopt(curl, CURLOPT_CAINFO, name);
}

/// What helps if a server's certificate was not trusted; empty if it was.
inline std::string_view trust_hint(CURL* curl) {
  long result = 0;
  curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &result);
  return result == 0 ? "" : "; --cacert names a file with the authority that signed it";
}

}  // namespace tool

#endif
