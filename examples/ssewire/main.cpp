// SPDX-License-Identifier: MIT
// ssewire: event streams from and to JSON Lines, and checked. This file is its command line.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <csignal>
#include <exception>
#include <sse/version.hpp>
#include <string>

#include "commands.hpp"
#include "io.hpp"

namespace {

using tool::exit_code;

std::string version() {
  return "ssewire " + std::to_string(SSEWIRE_VERSION_MAJOR) + "." +
         std::to_string(SSEWIRE_VERSION_MINOR) + "." + std::to_string(SSEWIRE_VERSION_PATCH);
}

std::string has_no_line_end(const std::string& type) {
  return type.find_first_of("\r\n") == type.npos ? "" : "a type cannot have a line end";
}

// Numbers are read as strtoull reads them, which takes a sign for no mistake.
std::string is_not_negative(const std::string& number) {
  return number.find('-') == number.npos ? "" : "it cannot be negative";
}

CLI::App* add_decode(CLI::App& app, tool::decode_options& options) {
  CLI::App* const command = app.add_subcommand(
      "decode", "Event stream to JSON Lines: each event as soon as it is dispatched");
  command->footer(
      "  curl -sN https://example.org/events | ssewire decode --event price\n\n"
      "Exit code: 0 all is well, 3 the stream was cut off inside an event, 4 events were skipped\n"
      "for their size, 1 reading or writing failed, 2 wrong usage");
  CLI::Option* const data =
      command->add_flag("--data", options.data_only, "Print the data alone, as they are");
  command->add_flag("--json", options.embed_json, "Print data that are JSON as JSON, not as text")
      ->excludes(data);
  command->add_option("--event", options.types, "Print events of this type alone (repeatable)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command->add_option("--limit", options.limit, "Stop after so many events")
      ->check(is_not_negative)
      ->type_name("N");
  command->add_flag("--comments", options.comments, "Print comments too, as {\"comment\":...}")
      ->excludes(data);
  command
      ->add_option("--max-event", options.max_event,
                   "Skip events that are larger than this (default: 16M)")
      ->transform(CLI::AsSizeValue(false))
      ->transform(CLI::Validator(is_not_negative, ""))  // which runs first
      ->type_name("BYTES");
  command->add_flag("-0,--null", options.nul_separated, "End what is printed with NUL, not LF");
  return command;
}

CLI::App* add_encode(CLI::App& app, tool::encode_options& options) {
  CLI::App* const command =
      app.add_subcommand("encode", "JSON Lines, as decode prints them, to an event stream");
  command->footer(
      "  tail -f log | ssewire encode --data --event line --id-from 1 --heartbeat 15\n\n"
      "Exit code: 0 all is well, 5 lines were left out, 1 reading or writing failed, 2 wrong "
      "usage");
  command->add_flag("--data", options.data_only, "Take each line as the data of an event");
  command->add_option("--id-from", options.first_id, "Number events that have no ID, from N on")
      ->check(is_not_negative)
      ->type_name("N");
  command->add_option("--event", options.type, "The type of events that name none")
      ->check(has_no_line_end)
      ->type_name("NAME");
  command
      ->add_option_function<std::int32_t>(
          "--retry", [&options](std::int32_t ms) { options.retry = std::chrono::milliseconds(ms); },
          "Give the first event this reconnection time")
      ->check(is_not_negative)
      ->type_name("MS");
  command
      ->add_option_function<double>(
          "--heartbeat",
          [&options](double seconds) {
            options.heartbeat = std::chrono::milliseconds(std::llround(seconds * 1000));
          },
          "Write a comment whenever nothing came for so long")
      ->check(CLI::Range(0.001, 86400.0))
      ->type_name("SECONDS");
  command->add_flag("-0,--null", options.nul_separated, "Lines end with NUL, not LF");
  return command;
}

CLI::App* add_check(CLI::App& app, tool::check_options& options) {
  CLI::App* const command = app.add_subcommand(
      "check", "Say what a browser makes of an event stream, and what it ignores and why");
  command->footer(
      "  curl -sN --max-time 10 https://example.org/events | ssewire check\n\n"
      "Exit code: 0 nothing to warn of, 5 there are warnings, 1 reading or writing failed,\n"
      "2 wrong usage");
  command->add_flag("-q,--quiet", options.quiet, "Print warnings alone");
  return command;
}

}  // namespace

int main(int argc, char** argv) {
  // Writing to a reader that has gone is to fail with EPIPE, and not to end the process.
  std::signal(SIGPIPE, SIG_IGN);

  CLI::App app("A filter for event streams (text/event-stream): standard input to output.",
               "ssewire");
  app.footer("More: ssewire COMMAND --help, man ssewire");
  app.set_version_flag("--version", version());
  app.require_subcommand(1);
  tool::decode_options decoding;
  tool::encode_options encoding;
  tool::check_options checking;
  const CLI::App* const decode = add_decode(app, decoding);
  const CLI::App* const encode = add_encode(app, encoding);
  add_check(app, checking);

  exit_code result = exit_code::ok;
  try {
    app.parse(argc, argv);
    result = decode->parsed()   ? tool::decode(decoding)
             : encode->parsed() ? tool::encode(encoding)
                                : tool::check(checking);
  } catch (const CLI::ParseError& e) {
    if (app.exit(e) != 0) result = exit_code::wrong_usage;
  } catch (const tool::output_closed&) {
  } catch (const std::exception& e) {
    tool::complain(e.what());
    result = exit_code::failed;
  }
  return static_cast<int>(result);
}
