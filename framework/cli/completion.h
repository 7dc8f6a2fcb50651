#ifndef SHOAL_FRAMEWORK_CLI_COMPLETION_H_
#define SHOAL_FRAMEWORK_CLI_COMPLETION_H_

namespace CLI {
class App;
}

namespace shoal::cli {

/// Prints what shoal-complete has to know as JSON: the commands and options of `app`, and the schema of experiments.
int print_catalogue(const CLI::App& app);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_COMPLETION_H_
