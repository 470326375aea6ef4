// SPDX-License-Identifier: MIT
#include "checker.hpp"
#include "commands.hpp"
#include "io.hpp"
#include "report.hpp"

namespace tool {

exit_code check(const check_options& options) {
  input in;
  output out;
  report report(out, options.quiet);
  checker checker(report, options.clients);
  while (in.read()) {
    checker.take(in.chunk());
    out.flush();
  }
  checker.end();
  out.flush();
  return report.warnings() == 0 ? exit_code::ok : exit_code::bad_input;
}

}  // namespace tool
