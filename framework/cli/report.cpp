// shoal report: the page of one or more runs.
#include <cstdio>
#include <stdexcept>
#include <system_error>

#include "framework/cli/open_store.h"
#include "framework/cli/session.h"
#include "framework/files/atomic_file.h"
#include "framework/report/page/kept_data.h"
#include "framework/report/page/page.h"

namespace shoal::cli {

int report(const Options& options) {
  try {
    std::vector<host::RunData> runs;
    for (const std::string& run : options.runs) runs.push_back(host::read_run_data(run));
    Session session(options);
    const std::unique_ptr<host::Store> store = open_store();
    std::vector<std::unique_ptr<host::DataSource>> data;
    std::vector<host::DataSource*> sources;
    for (const host::RunData& run : runs) {
      data.push_back(host::open_kept_data(run.file, session.registry, session.services, store.get()));
      sources.push_back(data.back().get());
    }
    if (runs.size() > 1 && options.out.empty())
      throw std::runtime_error("the page of several runs has no folder of its own; name its file by --out FILE");
    const std::string file = options.out.empty() ? (runs[0].file.folder / "report.html").string() : options.out;
    host::PageOptions page{.metrics = options.metrics};
    if (options.of_row) page.row = *options.of_row - 1;
    host::write_atomically(file, host::make_page(runs, page, sources));
    std::printf("%s\n", file.c_str());
    return kDone;
  } catch (const std::system_error& error) {  // the page cannot be written
    std::fprintf(stderr, "shoal: error: %s\n", error.what());
    return kRunFailed;
  } catch (const std::runtime_error& error) {
    std::fprintf(stderr, "shoal: error: %s\n", error.what());
    return kWrongInput;
  }
}

}  // namespace shoal::cli
