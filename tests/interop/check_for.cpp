// SPDX-License-Identifier: MIT
// usage: check_for <client> <stream
// `ssewire check --quiet --for <client>`, without the command line, which takes long to compile.
#include "../../examples/ssewire/commands.hpp"

int main(int argc, char** argv) {
  tool::check_options options;
  options.quiet = true;
  options.clients.assign(argv + 1, argv + argc);
  return static_cast<int>(tool::check(options));
}
