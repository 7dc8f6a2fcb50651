// shoal completion SHELL: a script that completes by shoal-complete. shoal complete-catalogue: what that one knows.
#include "framework/cli/completion.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "framework/cli/session.h"
#include "framework/graph/schema.h"

namespace shoal::cli {
namespace {

using nlohmann::ordered_json;

// shoal-complete lies beside the program that the line begins with. Bash cuts words at = and :, so its candidates are
// given without what stands before the last of these.
constexpr const char* kBash =
    R"(# bash: source <(shoal completion bash), or put it in ~/.local/share/bash-completion/completions/shoal
_shoal() {
  local line=${COMP_LINE:0:COMP_POINT} program words current cut candidate
  program=$(type -P -- "$1") || return
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=${words[-1]}
  cut=${current%"${current##*[=:]}"}
  COMPREPLY=()
  while IFS= read -r candidate; do
    if [[ $candidate == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "$current")
    else
      candidate=${candidate%%$'\t'*}
      [[ $candidate == *[.=] ]] && compopt -o nospace 2>/dev/null
      COMPREPLY+=("${candidate#"$cut"}")
    fi
  done < <("${program%/*}/shoal-complete" "${words[@]:1}" 2>/dev/null)
}
complete -F _shoal shoal
)";

constexpr const char* kZsh = R"(#compdef shoal
# zsh: source <(shoal completion zsh), or put it as _shoal in a folder of $fpath
_shoal() {
  local program=${commands[$words[1]]:-$words[1]} candidate help
  local -a go_on whole
  local files=0
  while IFS=$'\t' read -r candidate help; do
    if [[ $candidate == :files ]]; then files=1
    elif [[ $candidate == *[.=] ]]; then go_on+=("${candidate//:/\\:}:$help")
    else whole+=("${candidate//:/\\:}:$help")
    fi
  done < <("${program:h}/shoal-complete" "${(@)words[2,CURRENT]}" 2>/dev/null)
  (( ${#go_on} )) && _describe 'goes on' go_on -S ''
  (( ${#whole} )) && _describe 'shoal' whole
  (( files )) && _files
}
if [ "$funcstack[1]" = "_shoal" ]; then _shoal "$@"; else compdef _shoal shoal; fi
)";

constexpr const char* kFish =
    R"(# fish: shoal completion fish | source, or put it in ~/.config/fish/completions/shoal.fish
function __shoal_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l program (command -s -- $words[1]; or echo $words[1])
    set -l answer (string replace -r '[^/]*$' shoal-complete -- $program)
    for candidate in ($answer $words[2..-1] 2>/dev/null)
        if test "$candidate" = ':files'
            __fish_complete_path (commandline -ct)
        else
            echo $candidate
        end
    end
end
complete -c shoal -f -a '(__shoal_complete)'
)";

/// "TEXT:{text,dot}" has values.
ordered_json values_in(const std::string& type) {
  ordered_json out = ordered_json::array();
  const auto open = type.find('{'), close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return out;
  for (const std::string& value : CLI::detail::split(type.substr(open + 1, close - open - 1), ','))
    out.push_back(value);
  return out;
}

ordered_json describe(const CLI::App& command) {
  ordered_json options = ordered_json::array(), positionals = ordered_json::array();
  for (const CLI::Option* option : command.get_options()) {
    const std::string type = option->get_type_name();
    ordered_json one = {{"help", option->get_description()},
                        {"type", type},
                        {"values", values_in(type)},
                        {"takes_value", option->get_items_expected_max() > 0}};
    if (option->get_positional()) {
      one["name"] = option->get_name(true);
      positionals.push_back(std::move(one));
      continue;
    }
    one["names"] = ordered_json::array();
    for (const std::string& name : option->get_lnames()) one["names"].push_back("--" + name);
    for (const std::string& name : option->get_snames()) one["names"].push_back("-" + name);
    options.push_back(std::move(one));
  }
  return {
      {"help", command.get_description()}, {"options", std::move(options)}, {"positionals", std::move(positionals)}};
}

void add_commands(const CLI::App& app, const std::string& above, ordered_json& out) {
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_group().empty()) continue;  // for ourselves
    out[above + command->get_name()] = describe(*command);
    add_commands(*command, above + command->get_name() + " ", out);
  }
}

}  // namespace

int completion(const Options& options) {
  const std::string& shell = options.shell;
  std::fputs(shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish, stdout);
  return kDone;
}

int print_catalogue(const CLI::App& app) {
  const Session session{Options{}};
  ordered_json out;
  out["commands"] = ordered_json::object();
  add_commands(app, "", out["commands"]);
  out["schema"] = host::experiment_schema(session.registry);
  std::puts(out.dump().c_str());
  return kDone;
}

}  // namespace shoal::cli
