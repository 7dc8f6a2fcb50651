// shoal export: what a run trained, as files that other programs read.
#include "framework/use/export.h"

#include <cstdio>

#include "framework/cli/using.h"
#include "framework/use/answers.h"

namespace shoal::cli {
namespace {

/// RUN/export/NODE, and of several rows RUN/export/NODE-row-N.
std::filesystem::path folder_of(const Options& options, const host::FinishedRun& run, const std::string& node) {
  if (!options.out.empty()) return options.out;
  return run.folder() / "export" / (run.rows() == 1 ? node : node + "-row-" + std::to_string(run.row()));
}

}  // namespace

int export_run(const Options& options) {
  const auto used = UsedRun::open(options);
  if (used == nullptr) return kWrongInput;
  const host::Restored restored(used->run(), used->services(), &used->listener());
  const host::AnswerNode asked = host::choose_answer_node(restored, options.node);
  const host::Looks looks = host::read_looks(used->run().artifact(asked.dataset, "looks.json"));
  const auto folder = folder_of(options, used->run(), used->run().graph().nodes[asked.node].name);
  const host::Exported done = host::export_node(restored, asked, looks, folder);
  for (const std::string& line : done.left_out) std::fprintf(stderr, "shoal: warning: left out: %s\n", line.c_str());
  for (const std::string& file : done.files) std::printf("%s\n", (folder / file).c_str());
  return kDone;
}

}  // namespace shoal::cli
