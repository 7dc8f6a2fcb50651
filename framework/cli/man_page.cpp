// shoal man-page: the manual page, from what the program says of itself.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "framework/cli/options.h"
#include "shoal/abi.h"

namespace shoal::cli {
namespace {

/// As roff reads it back: no escapes, no requests at the beginning of a line, '-' as it is typed.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += std::string("\\&") + c;
    else out += c;
  }
  return out;
}

void print_option(const CLI::Option& option) {
  std::printf(".TP\n\\fB%s\\fR", roff(option.get_name(option.get_positional())).c_str());
  if (option.get_items_expected_max() > 0 && !option.get_type_name().empty())
    std::printf(" \\fI%s\\fR", roff(option.get_type_name()).c_str());
  std::printf("\n%s\n", roff(option.get_description()).c_str());
}

/// The command and those below it; `above` is what is typed before it.
void print_command(const CLI::App& command, const std::string& above) {
  if (command.get_group().empty()) return;  // for ourselves
  const std::string name = above + " " + command.get_name();
  std::printf(".SS %s\n%s.\n", roff(name).c_str(), roff(command.get_description()).c_str());
  for (const CLI::Option* option : command.get_options())
    if (!option->get_group().empty() && option->get_name() != "--help") print_option(*option);
  for (const CLI::App* below : command.get_subcommands({})) print_command(*below, name);
}

}  // namespace

int man_page(const Options& options) {
  const CLI::App& app = *options.app;
  std::printf(".TH SHOAL 1 \"\" \"Shoal %s\" \"User Commands\"\n.SH NAME\nshoal \\- %s\n", SHOAL_SDK_VERSION,
              roff(app.get_description()).c_str());
  std::printf(".SH SYNOPSIS\n.B shoal\n.I COMMAND\n[\\fIARGUMENT\\fR] ...\n.SH COMMANDS\n");
  for (const CLI::App* command : app.get_subcommands({})) print_command(*command, "shoal");
  std::printf(".SH EXIT STATUS\n%s\n", roff(app.get_footer()).c_str());
  return kDone;
}

}  // namespace shoal::cli
