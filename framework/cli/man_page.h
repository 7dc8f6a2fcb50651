#ifndef SHOAL_FRAMEWORK_CLI_MAN_PAGE_H_
#define SHOAL_FRAMEWORK_CLI_MAN_PAGE_H_

namespace CLI {
class App;
}

namespace shoal::cli {

/// Prints shoal.1, the manual page of `app`: every command with what it takes, in man(7)'s form.
int print_man_page(const CLI::App& app);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_MAN_PAGE_H_
