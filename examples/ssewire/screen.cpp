// SPDX-License-Identifier: MIT
// The view for people at a terminal: curses.
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <cwchar>
#include <deque>
#include <functional>
#include <system_error>

#include "judge.hpp"
#include "view.hpp"

namespace tool {

namespace {

constexpr short colours = 6;  // for types; the pairs behind them are for what is said below
constexpr short faint = colours + 1;
constexpr short alarm = colours + 2;

class screen : public view {
 public:
  explicit screen(SCREEN* terminal) : terminal_(terminal) {
    ::cbreak();
    ::noecho();
    ::nodelay(stdscr, true);
    ::keypad(stdscr, true);
    ::curs_set(0);
    ::set_escdelay(25);  // there are no slow lines any more
    const char* const no_colour = std::getenv("NO_COLOR");
    has_colours_ = (no_colour == nullptr || *no_colour == '\0') && ::has_colors();
    if (!has_colours_) return;
    ::start_color();
    ::use_default_colors();
    constexpr short of_types[colours] = {COLOR_CYAN,    COLOR_GREEN, COLOR_YELLOW,
                                         COLOR_MAGENTA, COLOR_BLUE,  COLOR_WHITE};
    for (short i = 0; i < colours; ++i) ::init_pair(static_cast<short>(i + 1), of_types[i], -1);
    ::init_pair(faint, -1, -1);
    ::init_pair(alarm, COLOR_RED, -1);
  }
  ~screen() override {
    ::endwin();
    ::delscreen(terminal_);
  }

  void show(const sight& line) override {
    lines_.push_back(line);
    constexpr std::size_t most_text = 4096;  // more than a line shows
    if (lines_.back().text.size() > most_text) lines_.back().text.resize(most_text);
    constexpr std::size_t most_lines = 10'000;
    if (lines_.size() > most_lines) lines_.pop_front();
    if (is_paused_) ++missed_;
  }

  bool refresh(const overview& seen) override {
    constexpr int control_l = 12;  // as everywhere: all is drawn anew
    for (int key; (key = ::getch()) != ERR;) {
      if (key == control_l) {
        ::clearok(curscr, true);
      } else if (!(is_editing_ ? edit(key) : obey(key)))
        return false;
    }
    ::erase();
    draw_head(seen);
    draw_lines();
    draw_foot();
    ::refresh();
    return true;
  }

  std::chrono::milliseconds patience() const override { return std::chrono::milliseconds(50); }

 private:
  // False if that is the end.
  bool obey(int key) {
    switch (key) {
      case 'q': return false;
      case ' ':
      case 'p':
        is_paused_ = !is_paused_;
        missed_ = 0;
        break;
      case '/': is_editing_ = true; break;
      case 'c':
        lines_.clear();
        missed_ = 0;
        break;
      default: break;
    }
    return true;
  }

  // The filter; it acts while it is typed.
  bool edit(int key) {
    constexpr int escape = 27, del = 127, backspace = 8;
    if (key == '\n' || key == '\r' || key == KEY_ENTER) {
      is_editing_ = false;
    } else if (key == escape) {
      is_editing_ = false;
      filter_.clear();
    } else if (key == KEY_BACKSPACE || key == del || key == backspace) {
      while (!filter_.empty() && (filter_.back() & 0xC0) == 0x80) filter_.pop_back();
      if (!filter_.empty()) filter_.pop_back();
    } else if (key >= ' ' && key < 256) {
      filter_ += static_cast<char>(key);
    }
    return true;
  }

  void draw_head(const overview& seen) {
    const auto now = overview::clock::now();
    put_line(0, " " + seen.url + "   " + seen.state);
    char text[160];
    std::snprintf(text, sizeof text,
                  " %s  %.1f/s  last %.1f s ago  longest gap %.1f s  %s  last ID ",
                  count(seen.events, "event").c_str(), seen.rate(now), seen.quiet_for(now),
                  std::chrono::duration<double>(seen.longest_gap).count(),
                  count(seen.reconnections, "reconnection").c_str());
    put_line(1, text + seen.last_id + "  " + count(seen.comments, "comment"));
  }

  // The newest below, as many as there is room for.
  void draw_lines() {
    int row = LINES - 2;
    for (std::size_t i = lines_.size() - std::min(missed_, lines_.size()); i-- > 0 && row > 1;) {
      if (matches(lines_[i])) draw_line(row--, lines_[i]);
    }
  }

  bool matches(const sight& line) const {
    if (filter_.empty() || line.type.empty()) return true;
    return line.type.find(filter_) != filter_.npos || line.id.find(filter_) != filter_.npos ||
           line.text.find(filter_) != filter_.npos;
  }

  void draw_line(int row, const sight& line) {
    int column = put(row, 0, faint, A_DIM, " " + line.time + " " + line.gap + " ");
    if (line.type.empty()) {
      put(row, column, alarm, A_BOLD, line.text);
      return;
    }
    const std::size_t hash = std::hash<std::string>()(line.type);
    column = put(row, column, static_cast<short>(hash % colours + 1), A_BOLD, line.type + " ");
    if (!line.id.empty()) column = put(row, column, faint, A_DIM, line.id + " ");
    put(row, column, 0, A_NORMAL, line.text);
  }

  void draw_foot() {
    std::string text = " space pause   / filter   c clear   q quit";
    if (is_paused_) text = " paused, " + count(missed_, "line") + " more: space goes on";
    if (!filter_.empty()) text += "   filter: " + filter_;
    if (is_editing_) text = " filter: " + filter_ + "_   Enter keeps it, Escape drops it";
    put_line(LINES - 1, text);
  }

  // A row of its own, to its end.
  void put_line(int row, const std::string& text) {
    ::attrset(static_cast<int>(A_REVERSE));
    put(row, 0, text + std::string(static_cast<std::size_t>(COLS), ' '));
    ::attrset(static_cast<int>(A_NORMAL));
  }

  // The same in colour.
  int put(int row, int column, short pair, chtype attribute, const std::string& text) {
    ::attrset(static_cast<int>(attribute) | (has_colours_ ? COLOR_PAIR(pair) : 0));
    column = put(row, column, text);
    ::attrset(static_cast<int>(A_NORMAL));
    return column;
  }

  // As much of a text as the row has columns for. Gives the column behind it.
  static int put(int row, const int begin, const std::string& text) {
    int column = begin;
    std::wstring wide;
    std::mbstate_t state{};
    std::string_view rest = text;
    while (!rest.empty()) {
      wchar_t c = 0;
      std::size_t size = std::mbrtowc(&c, rest.data(), rest.size(), &state);
      if (size == 0 || size > rest.size()) {  // the locale has no such character
        c = L'?';
        size = 1;
        state = {};
      }
      rest.remove_prefix(size);
      const int width = std::max(::wcwidth(c), 0);
      if (column + width >= COLS) break;
      wide += c;
      column += width;
    }
    ::mvaddwstr(row, begin, wide.c_str());
    return column;
  }

  SCREEN* const terminal_;
  bool has_colours_ = false;
  std::deque<sight> lines_;
  std::size_t missed_ = 0;  // which came since it is paused
  std::string filter_;
  bool is_paused_ = false;
  bool is_editing_ = false;
};

}  // namespace

std::unique_ptr<view> open_screen() {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) return nullptr;
  std::setlocale(LC_CTYPE, "");
  SCREEN* const terminal = ::newterm(nullptr, stdout, stdin);
  if (terminal == nullptr) return nullptr;
  char move[] = "cup";
  if (::tigetstr(move) == nullptr) {  // it can print lines, and no more
    ::endwin();
    ::delscreen(terminal);
    return nullptr;
  }
  return std::make_unique<screen>(terminal);
}

}  // namespace tool
