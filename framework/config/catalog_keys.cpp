// K: keys of the file, components, parameters and their values.
#include "framework/config/catalog.h"

namespace shoal::config {
namespace {

constexpr Explanation kEntries[] = {
    {"K201", "unknown key",
     "Every map of an experiment has a closed set of keys, so that a misspelled one cannot be ignored. The nearest "
     "right "
     "one is suggested. Parameters of a component stand under `with`. At the top, keys that begin with `x-` are yours.",
     "kmeans: {use: clusterer/kmeans, wiht: {k: 10}}", "kmeans: {use: clusterer/kmeans, with: {k: 10}}"},
    {"K202", "there is no such component",
     "No loaded plugin offers it. `shoal plugins` lists what is loaded, from where, and which libraries were refused. "
     "What "
     "hangs on the component, its parameters and outputs, is not checked until it is found.",
     "kmeans: {use: clusterer/kmean}", "kmeans: {use: clusterer/kmeans}"},
    {"K203", "unknown parameter",
     "The component declares no parameter of this name; the nearest is suggested, also by a name that it had, and "
     "another "
     "node that does have it is named. `shoal plugins show NAME` lists them.",
     "kmeans: {use: clusterer/kmeans, with: {n_cluster: 10}}", "kmeans: {use: clusterer/kmeans, with: {k: 10}}"},
    {"K204", "something required is missing",
     "A file needs `shoal: 1`, a name and nodes; a node needs `use`; a figure needs x and y; and some parameters have "
     "no "
     "default, since nobody could guess it.",
     "points: {use: dataset/npy}", "points: {use: dataset/npy, with: {path: points.npy}}"},
    {"K205", "a value of the wrong type",
     "The message says what is wanted and what stands there. Text stays text until a parameter types it: nothing is "
     "converted by guessing, and whole numbers may be written as 1e3 or 1_000, but not as 10.5.",
     "with: {k: ten}", "with: {k: 10}"},
    {"K206", "a value out of range",
     "The component declares bounds for this parameter; the help line has them and the default.", "with: {k: 0}",
     "with: {k: 1}"},
    {"K207", "not one of the choices", "The value is a word of a fixed list; the nearest is suggested.",
     "with: {init: kmean++}", "with: {init: k-means++}"},
    {"K208", "a number in quotes",
     "Quotes make text, and the parameter wants a number or a bool. Other readers convert silently; here what is "
     "written "
     "is what is meant.",
     "with: {k: \"10\"}", "with: {k: 10}"},
    {"K209", "a leading zero",
     "Some readers take 010 for eight, others for ten. Write the number that you mean in decimal.", "with: {k: 010}",
     "with: {k: 10}"},
    {"K210", "yes and no are no bools",
     "YAML 1.1 took yes, no, on, off, y and n for bools, YAML 1.2 takes them for text. Write true or false.",
     "with: {whiten: yes}", "with: {whiten: true}"},
    {"K211", "no value",
     "A key with nothing behind its colon has no value. Leave the line out to take the default, or write '' for an "
     "empty "
     "text.",
     "with:\n  k:", "with:\n  k: 10"},
    {"K212", "not finite", "inf and nan are numbers to YAML, but this parameter has no meaning for them.",
     "with: {tol: .inf}", "with: {tol: 1.0e-4}"},
    {"K213", "a former name",
     "The parameter was renamed and the old name still works. It will not for ever, hence this warning.",
     "kmeans: {use: clusterer/kmeans, with: {n_clusters: 10}}", "kmeans: {use: clusterer/kmeans, with: {k: 10}}"},
    {"K214", "parameters that do not go together",
     "Each of them is good, but the component refuses them as a whole, in its own words. It is made once while the "
     "file "
     "is checked, to hear that before anything runs.",
     "with: {count: 100, per_class: 10}   # of dataset/subset", "with: {per_class: 10}"},
    {"K216", "a component in two libraries",
     "Two loaded libraries offer this name and nothing says which is meant; to take one silently would make results "
     "hang "
     "on the order of folders.",
     "kmeans: {use: clusterer/kmeans}", "kmeans: {use: clusterer/kmeans, library: libkmeans.so}"},
    {"K217", "a plugin cannot be loaded",
     "A path of `plugins:` is not there, or the library was refused, with the reason: another ABI, another LibTorch, a "
     "missing symbol. Paths start from the experiment's folder.",
     "", ""},
    {"K218", "a node with a reserved name",
     "A path such as `seed` or `kmeans.use` must mean one thing only, so nodes are not called like keys of the file.",
     "seed: {use: dataset/mnist}", "digits: {use: dataset/mnist}"},
};

}  // namespace

std::span<const Explanation> explanations_of_keys() { return kEntries; }

}  // namespace shoal::config
