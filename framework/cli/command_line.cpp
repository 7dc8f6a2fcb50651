// The command line of `shoal`: arguments → one function.
#include "framework/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "framework/cli/add_commands.h"
#include "framework/plugin/crash.h"
#include "framework/store/store.h"
#include "shoal/abi.h"
#include "shoal/error.h"

namespace shoal::cli {
namespace {

/// What is kept between runs.
void add_store(CommandLine& line) {
  auto& [app, options, commands, chosen] = line;
  auto* command = app.add_subcommand("store", "What is kept between runs: list, show, verify, prune");
  command->require_subcommand(0, 1);
  const auto on = [&](const char* name, const char* what, Commands::Function function) {
    auto* sub = command->add_subcommand(name, what);
    line.on(sub, function);
    return sub;
  };
  on("list", "All results, the latest used last", commands.list_store);
  on("show", "What one result is, and what its key is made of", commands.show_stored)
      ->add_option("key", options.key, "The key, or how it begins")
      ->required();
  on("verify", "Read everything; what is damaged is put aside and computed again when it is needed",
     commands.verify_store);
  auto* prune = on("prune", "Remove what was not used for long; run folders keep what they have", commands.prune_store);
  prune->add_option("--older", options.older, "Not used for so long: 12h, 30d, 8w")->type_name("AGE");
  prune->add_option("--max-size", options.max_size, "The longest unused, until so much is left: 500M, 20G")
      ->type_name("SIZE");
  prune->add_flag("--dry-run", options.dry_run, "Only show what would be removed");
  line.on_alone(command, commands.list_store);
}

/// What is loaded.
void add_plugins(CommandLine& line) {
  auto& [app, options, commands, chosen] = line;
  auto* command = app.add_subcommand("plugins", "What is loaded, from where, and what is not");
  command->require_subcommand(0, 1);
  add_common(*command, options);
  command->add_flag("-v,--verbose", options.verbose, "Files that are no plugins, too");
  const auto on = [&](const char* name, const char* what, Commands::Function function) {
    auto* sub = command->add_subcommand(name, what);
    add_common(*sub, line.options);
    line.on(sub, function);
    return sub;
  };
  auto* show = on("show", "Parameters, ports and traits of a component", commands.show_plugin);
  show->add_option("component", options.component, "kind/name, or a part of it")->required();
  show->add_flag("--markdown", options.markdown, "As a table for a README");
  auto* lock = on("lock", "Write plugins.lock: experiments in this folder run with these plugins and no others",
                  commands.lock_plugins);
  lock->add_flag("--update", options.update, "Even where there is one that says otherwise");
  lock->parse_complete_callback([&options = line.options] { options.without_lock = true; });
  on("rescan", "Try all plugins again, those that crashed too, and list them", commands.rescan_plugins);
  auto* test = on("test", "Try what every component of its kind must hold to, each case in a process of its own",
                  commands.test_plugins);
  test->add_option("files", options.files, "Plugins")->required()->type_name("FILE…");
  test->add_option("--level", options.level, "How much: quick (default), full, long")
      ->check(CLI::IsMember({"quick", "full", "long"}))
      ->type_name("LEVEL");
  test->add_option("--only", options.only, "Cases whose kind/name.case this is found in")->type_name("REGEX");
  test->add_option("--seed", options.kit_seed, "The first seed")->type_name("N");
  test->add_option("--with", options.overrides, "A parameter of every component that has one of that name")
      ->allow_extra_args(false)
      ->type_name("NAME=VALUE");
  test->add_option("--timeout", options.kit_patience,
                   "Seconds of the processor that a case may take, or six times that by the clock (default 60, 300 or "
                   "1800)")
      ->check(CLI::PositiveNumber)
      ->type_name("SECONDS");
  test->add_flag("--in-process", options.in_process, "No processes: for a debugger");
  test->add_flag("--json", options.json, "As JSON");
  line.on_alone(command, commands.list_plugins);
}

void add_new(CommandLine& line) {
  auto& [app, options, commands, chosen] = line;
  auto* command = app.add_subcommand("new", "A project for a plugin of your own, which works and has a test");
  command->add_option("kind", options.kind, "clusterer, transform, encoder …: what it is to be")
      ->required()
      ->type_name("KIND");
  command->add_option("name", options.plugin_name, "Such as farthest-first: of plugin, component and folder")
      ->required()
      ->type_name("NAME");
  command
      ->add_option("--language", options.language,
                   "c++, c or rust; the last two for kinds without tensors (default c++)")
      ->check(CLI::IsMember({"c++", "c", "rust"}));
  add_common(*command, options);
  line.on(command, commands.new_plugin);
}

/// What the program says of itself and of experiments.
void add_help(CommandLine& line) {
  auto& [app, options, commands, chosen] = line;
  auto* schema = app.add_subcommand("schema", "JSON Schema of experiment files, for editors and validators");
  schema->add_flag("--vscode", options.vscode, "Settings of Visual Studio Code that use it, instead");
  add_common(*schema, options);
  line.on(schema, commands.schema);
  auto* completion = app.add_subcommand("completion", "A script that completes commands, paths and components");
  completion->add_option("shell", options.shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  line.on(completion, commands.completion);
}

void add_explain(CommandLine& line) {
  auto& [app, options, commands, chosen] = line;
  auto* explain = app.add_subcommand("explain", "What the id of an error or a warning means, and how to mend it");
  explain->add_option("id", options.ids, "Such as K203; without one all are listed")->type_name("ID");
  explain->add_flag("--markdown", options.markdown, "All of them, as docs/diagnostics.md");
  line.on(explain, commands.explain);
}

/// For ourselves: for shoal-complete, for the build, and for work in a process of its own.
void add_hidden(CommandLine& line) {
  auto& [app, options, commands, chosen] = line;
  line.on(app.add_subcommand("complete-catalogue", "")->group(""), commands.complete_catalogue);
  line.on(app.add_subcommand("man-page", "")->group(""), commands.man_page);
  auto* worker = app.add_subcommand("isolated-worker", "")->group("");
  worker->add_option("request", options.request)->required();
  line.on(worker, commands.isolated_worker);
}

}  // namespace

void add_common(CLI::App& command, Options& options) {
  add_plugin_path(command, options);
  command.add_flag("--allow-writable-plugins", options.allow_writable_plugins,
                   "Open plugins that anyone may change, too");
  command.add_option("--data", options.data, "A folder of datasets, looked at first; may be repeated")
      ->allow_extra_args(false)
      ->type_name("DIR");
}

CLI::Option* add_plugin_path(CLI::App& command, Options& options) {
  return command
      .add_option("--plugin-path", options.plugin_path, "A folder of plugins, looked at first; may be repeated")
      ->allow_extra_args(false)
      ->type_name("DIR");
}

CLI::Option* add_threads(CLI::App& command, Options& options) {
  return command.add_option("--threads", options.threads, "Threads to use; default all that this process may use")
      ->check(CLI::PositiveNumber);
}

CLI::Option* add_bench(CLI::App& command, Options& options) {
  return command
      .add_option("--bench", options.bench,
                  "When all rows have run, fit every clusterer so often again, all in turn, and time that (default 5)")
      ->expected(0, 1)
      ->default_str("5")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
}

int do_command(int argc, char** argv, const Commands& commands) {
  // It asks for a checkpoint: until a run listens, and of what has none, it asks nothing.
  std::signal(SIGUSR1, SIG_IGN);
  Options options;
  options.command.assign(argv, argv + argc);
  CLI::App app("Learning representations by clustering, from plugins and YAML", "shoal");
  options.app = &app;
  app.set_version_flag("--version", std::string("shoal ") + SHOAL_SDK_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done; 1 the input is wrong, nothing ran; 2 a run failed, what was finished is kept; 130 "
      "interrupted.");
  CommandLine line{app, options, commands};
  add_experiment_commands(line);
  add_store(line);
  add_run_commands(line);
  add_explain(line);
  add_plugins(line);
  add_new(line);
  add_help(line);
  add_hidden(line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kWrongInput;
  }
  try {
    if (line.chosen != commands.isolated_worker)  // of which the run tells that it crashed
      host::explain_crashes(
          "what was finished is kept, and the same command goes on; a transform, clusterer or metric that may not "
          "stay alive takes `isolate: process`");
    return line.chosen(options);
  } catch (const host::StoreFormatError& error) {
    std::fprintf(stderr, "shoal: error[S706]: %s\n", error.what());
    return kWrongInput;
  } catch (const InputError& error) {
    std::fprintf(stderr, "shoal: error: %s\n", error.what());
    return kWrongInput;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "shoal: error: %s\n", error.what());
    return kRunFailed;
  }
}

}  // namespace shoal::cli
