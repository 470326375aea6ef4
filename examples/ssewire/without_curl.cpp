// SPDX-License-Identifier: MIT
// What the commands that follow a URL do in a build without libcurl.
#include "commands.hpp"
#include "io.hpp"

namespace tool {

exit_code check_url(const check_options&) {
  complain("built without libcurl: use curl -sN URL | ssewire check");
  return exit_code::failed;
}

exit_code watch(const watch_options&) {
  complain("built without libcurl: use curl -sN URL | ssewire decode");
  return exit_code::failed;
}

}  // namespace tool
