// SPDX-License-Identifier: MIT
// ssewire: event streams from and to JSON Lines, checked and watched. This file is its command
// line.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <csignal>
#include <exception>
#include <filesystem>
#include <sse/version.hpp>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "commands.hpp"
#include "io.hpp"
#include "misreadings.hpp"

namespace {

using tool::exit_code;

std::string version() {
  return "ssewire " + std::to_string(SSEWIRE_VERSION_MAJOR) + "." +
         std::to_string(SSEWIRE_VERSION_MINOR) + "." + std::to_string(SSEWIRE_VERSION_PATCH);
}

std::string is_dispatched(const std::string& type) {
  return type.empty() ? "no type is empty: \"message\" is that of events that name none" : "";
}

std::string has_no_line_end(const std::string& type) {
  return type.find_first_of("\r\n") == type.npos ? "" : "a type cannot have a line end";
}

// Numbers are read as strtoull reads them, which takes signs, other bases, and what is too large.
std::string is_whole(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  return is_whole && std::to_string(number) == text ? "" : "no whole number, or too large";
}

std::string is_size(const std::string& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  return is_whole(text.substr(0, digits));
}

std::string is_client(const std::string& name) {
  return tool::is_known_client(name) ? "" : "nothing is known of a client \"" + name + "\"";
}

std::string is_decimal(const std::string& text) {
  const bool is_one = text.find_first_not_of("0123456789.") == text.npos;
  return is_one ? "" : "no decimal number";
}

void add_max_event(CLI::App& command, std::size_t& size, const std::string& what) {
  command.add_option("--max-event", size, what + " that are larger than this (default: 16M)")
      ->transform(CLI::AsSizeValue(false))
      ->transform(CLI::Validator(is_size, ""))  // which runs first
      ->type_name("BYTES");
}

// An option whose value is a time.
template <class Time>
CLI::Option* add_seconds(CLI::App& command, const std::string& name, Time& time,
                         const std::string& what) {
  const auto set = [&time](double seconds) {
    time = std::chrono::milliseconds(std::llround(seconds * 1000));
  };
  return command.add_option_function<double>(name, set, what)
      ->check(is_decimal)
      ->check(CLI::Range(0.001, 86400.0))
      ->type_name("SECONDS");
}

std::string is_url(const std::string& text) {
  if (text.empty()) return "no URL: it is empty";
  std::error_code error;  // such as that the name is too long: then it is none of a file
  const bool is_file = text.find("://") == text.npos && std::filesystem::exists(text, error);
  return is_file ? "\"" + text + "\" is a file, no URL: say <" + text : "";
}

// In "NAME;", which has no value, libcurl takes a semicolon for the colon. What it does not
// understand it leaves out without a word.
std::string is_header(const std::string& text) {
  const std::size_t name = text.find_first_of(":;");
  if (name == text.npos) return "no colon in \"" + text + "\"";
  const bool is_one = name != 0 && text.find_first_of(" \t") >= name &&
                      text.find_first_of("\r\n") == text.npos &&
                      (text[name] == ':' || name + 1 == text.size());
  return is_one ? "" : "no header: \"" + text + "\"";
}

// As browsers send it, for it is compared byte by byte: with nothing behind the host and the port.
std::string is_origin(const std::string& text) {
  const std::size_t scheme = text.find("://");
  const bool is_one = scheme != text.npos && scheme != 0 && scheme + 3 != text.size() &&
                      text.find_first_of("/?# \t\r\n", scheme + 3) == text.npos;
  return is_one || text == "null" ? "" : "no origin, as https://example.org is: \"" + text + "\"";
}

CLI::Option* add_headers(CLI::App& command, std::vector<std::string>& headers) {
  return command.add_option("-H,--header", headers, "Send this header (repeatable)")
      ->check(is_header)
      ->type_name("'NAME: VALUE'")
      ->allow_extra_args(false);
}

CLI::Option* add_cacert(CLI::App& command, std::string& file) {
  return command.add_option("--cacert", file, "Trust the authorities in this file, by https")
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
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
      ->check(is_dispatched)
      ->check(has_no_line_end)
      ->type_name("NAME")
      ->allow_extra_args(false);
  command->add_option("--limit", options.limit, "Stop after so many events")
      ->check(is_whole)
      ->type_name("N");
  command->add_flag("--comments", options.comments, "Print comments too, as {\"comment\":...}")
      ->excludes(data);
  add_max_event(*command, options.max_event, "Skip events");
  command->add_flag("-0,--null", options.nul_separated, "End what is printed with NUL, not LF");
  command->add_flag("--raw", options.raw,
                    "Pass the stream on as it is, and print to standard error");
  return command;
}

CLI::App* add_encode(CLI::App& app, tool::encode_options& options) {
  CLI::App* const command =
      app.add_subcommand("encode", "JSON Lines, as decode prints them, to an event stream");
  command->footer(
      "  tail -f log | ssewire encode --data --event line --id-from 1 --heartbeat 15\n\n"
      "Exit code: 0 all is well, 4 lines were left out for their size, 5 for other reasons,\n"
      "1 reading or writing failed, 2 wrong usage");
  command->add_flag("--data", options.data_only, "Take each line as the data of an event");
  command->add_option("--id-from", options.first_id, "Number events that have no ID, from N on")
      ->check(is_whole)
      ->type_name("N");
  command->add_option("--event", options.type, "The type of events that name none")
      ->check(has_no_line_end)
      ->type_name("NAME");
  command
      ->add_option_function<std::int32_t>(
          "--retry", [&options](std::int32_t ms) { options.retry = std::chrono::milliseconds(ms); },
          "Give the first event this reconnection time")
      ->check(is_whole)
      ->type_name("MS");
  add_seconds(*command, "--heartbeat", options.heartbeat,
              "Write a comment whenever nothing came for so long");
  add_max_event(*command, options.max_event, "Leave out lines, and events,");
  command->add_flag("-0,--null", options.nul_separated, "Lines end with NUL, not LF");
  return command;
}

CLI::App* add_check(CLI::App& app, tool::check_options& options) {
  CLI::App* const command = app.add_subcommand(
      "check", "Say what a browser makes of an event stream, and what it ignores and why");
  command->footer(
      "  ssewire check https://example.org/events\n"
      "  ssewire check <recorded.sse\n\n"
      "Exit code: 0 nothing to warn of, 5 there are warnings, 1 reading or writing failed,\n"
      "2 wrong usage");
  command->add_flag("-q,--quiet", options.quiet, "Print warnings alone");
  command
      ->add_option("--for", options.clients,
                   "Warn of what these clients misread too: " + tool::known_clients())
      ->delimiter(',')
      ->check(is_client)
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  CLI::Option* const url =
      command->add_option("url", options.url, "Follow this stream; else read standard input")
          ->check(is_url)
          ->type_name("");
  add_seconds(*command, "--max-time", options.max_time,
              "Follow it for so long (default: 10), and as long again when it resumes")
      ->needs(url);
  command->add_option("--origin", options.origin, "Ask as a page of this origin does")
      ->check(is_origin)
      ->type_name("ORIGIN")
      ->needs(url);
  add_headers(*command, options.headers)->needs(url);
  add_cacert(*command, options.cacert)->needs(url);
  command
      ->add_option_function<std::string>(
          "-d,--data", [&options](const std::string& text) { options.data = text; },
          "Send this with POST")
      ->type_name("TEXT")
      ->needs(url);
  return command;
}

CLI::App* add_watch(CLI::App& app, tool::watch_options& options) {
  CLI::App* const command = app.add_subcommand(
      "watch", "Show a stream live, a line an event: type, ID, data, gaps, rate");
  command->footer(
      "  ssewire watch https://example.org/events\n\n"
      "Keys: space pauses, / filters, c clears, q quits. Not on a terminal it prints lines.\n\n"
      "Exit code: 0 you or the server ended it, 1 the server refused, or writing failed, 2 wrong\n"
      "usage");
  command->add_option("url", options.url, "The stream")->check(is_url)->type_name("")->required();
  add_headers(*command, options.headers);
  add_cacert(*command, options.cacert);
  return command;
}

// What the command line itself asks for, such as help, or what is wrong with it.
exit_code answer(const CLI::App& app, const CLI::ParseError& e) {
  std::ostringstream text;
  const int code = app.exit(e, text);
  tool::output out;
  out.put(text.str());
  out.flush();
  return code == 0 ? exit_code::ok : exit_code::wrong_usage;
}

exit_code run(int argc, char** argv) {
  CLI::App app(
      "For event streams (text/event-stream): from and to JSON Lines, checked and watched.",
      "ssewire");
  app.footer("More: ssewire COMMAND --help, man ssewire");
  app.set_version_flag("--version", version());
  app.require_subcommand(1);
  tool::decode_options decoding;
  tool::encode_options encoding;
  tool::check_options checking;
  tool::watch_options watching;
  const CLI::App* const decode = add_decode(app, decoding);
  const CLI::App* const encode = add_encode(app, encoding);
  const CLI::App* const check = add_check(app, checking);
  add_watch(app, watching);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& e) {
    // That there is no command is told before what stands in its place.
    const std::vector<std::string> unknown = app.remaining();
    return unknown.empty() ? answer(app, e) : answer(app, CLI::ExtrasError(unknown));
  } catch (const CLI::ParseError& e) {
    return answer(app, e);
  }
  if (decode->parsed()) return tool::decode(decoding);
  if (encode->parsed()) return tool::encode(encoding);
  if (!check->parsed()) return tool::watch(watching);
  return checking.url.empty() ? tool::check(checking) : tool::check_url(checking);
}

}  // namespace

int main(int argc, char** argv) {
  // Writing to a reader that has gone is to fail with EPIPE, and not to end the process.
  std::signal(SIGPIPE, SIG_IGN);
  exit_code result = exit_code::ok;
  try {
    tool::reserve_standard_files();
    result = run(argc, argv);
  } catch (const tool::output_closed&) {
  } catch (const std::exception& e) {
    tool::complain(e.what());
    result = exit_code::failed;
  }
  return static_cast<int>(result);
}
