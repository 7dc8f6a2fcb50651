// Y: what reading a file as YAML finds.
#include "framework/config/catalog.h"

namespace shoal::config {
namespace {

constexpr Explanation kEntries[] = {
    {"Y101", "a file cannot be read",
     "The file is not there, is a folder, or may not be read by you; the message has the system's reason. A path on "
     "the "
     "command line starts from the folder you are in.",
     "shoal check confgs/mnist.yaml", "shoal check configs/mnist.yaml"},
    {"Y102", "the file is not UTF-8",
     "Experiment files are UTF-8. The message names the first byte that is not, or says that the file is UTF-16. "
     "Nothing "
     "else is checked then, since the text cannot be told.",
     "", ""},
    {"Y103", "a key is given twice",
     "Two equal keys of one map: most YAML readers silently keep one of them. Here it is an error with both places. A "
     "parameter given under its name and under a former name is given twice too.",
     "with: {k: 10, tol: 0, k: 20}", "with: {k: 20, tol: 0}"},
    {"Y104", "YAML syntax",
     "The text is no YAML; the message says what the reader stumbled over. The cause often stands a line above: a "
     "bracket or quote that is not closed, a ': ' inside plain text, or indentation that does not line up.",
     "description: k-means: the usual", "description: 'k-means: the usual'"},
    {"Y105", "tab in indentation",
     "YAML forbids tabs in indentation, because how wide a tab is nobody knows. Indent with spaces. Tabs between "
     "values "
     "and in comments are fine.",
     "nodes:\n\tdata: {use: dataset/mnist}", "nodes:\n  data: {use: dataset/mnist}"},
    {"Y106", "control character",
     "A character that cannot be seen, such as NUL or 0x04, stands in the file: a damaged file, or one that is not "
     "text. "
     "Only tab and line end are allowed; in double quotes any character can be written as \"\\x04\".",
     "", ""},
    {"Y107", "the file is too large",
     "An experiment file has at most 4 MiB; larger ones are data that was given for an experiment by mistake.", "", ""},
    {"Y108", "nested too deep",
     "Lists and maps may stand in each other 64 levels deep. Nobody writes that by hand: look for brackets that are "
     "never closed.",
     "", ""},
    {"Y109", "aliases expand to too many values",
     "Aliases of anchors that hold aliases can grow without bound (a 'billion laughs' file). The limit is 100 000 "
     "values.",
     "", ""},
    {"Y110", "an alias stands inside its own anchor",
     "`&a [*a]` would contain itself for ever. Name the part that is meant by an anchor of its own.",
     "x-common: &common {tol: 0, more: *common}", "x-common: &common {tol: 0}"},
    {"Y111", "there is no such anchor",
     "An alias `*name` means an anchor `&name` that stands above it in the same file. The nearest name is suggested.",
     "with: *comon", "with: *common"},
    {"Y112", "a second document",
     "`---` begins a second document, which YAML readers silently leave out. One file holds one experiment.", "", ""},
    {"Y113", "unknown tag",
     "A tag such as `!foo` asks a reader to make some type of a value. Here types come from the parameter that takes "
     "the "
     "value; tags are only the instructions !delete, !replace, !append and !prepend.",
     "k: !int 10", "k: 10"},
    {"Y114", "a key is not plain text",
     "Keys are names. A list, a map, an alias, a tag or nothing at all cannot be one.", "{[a, b]: 1}", "{a: 1, b: 1}"},
    {"Y115", "an anchor is given again",
     "YAML allows to give an anchor's name twice: aliases below then mean the later one. That is seldom meant, hence "
     "this "
     "warning.",
     "x-a: &it {k: 1}\nx-b: &it {k: 2}", "x-a: &small {k: 1}\nx-b: &large {k: 2}"},
    {"Y116", "an anchor is never used",
     "Nothing below refers to the anchor by an alias; perhaps a name is misspelled or what used it is gone.",
     "x-a: &common {k: 10}", "x-a: {k: 10}"},
};

}  // namespace

std::span<const Explanation> explanations_of_reading() { return kEntries; }

}  // namespace shoal::config
