// shoal completion SHELL: a script that completes by shoal-complete.
#include <cstdio>

#include "framework/cli/options.h"

namespace shoal::cli {
namespace {

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

}  // namespace

int completion(const Options& options) {
  const std::string& shell = options.shell;
  std::fputs(shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish, stdout);
  return kDone;
}

}  // namespace shoal::cli
