// M: the matrix.
#include "framework/config/catalog.h"

namespace shoal::config {
namespace {

constexpr Explanation kEntries[] = {
    {"M501", "there is no such axis or path",
     "An axis with a dot is a path and must start at a node that there is; `exclude`, `add` and figures name axes of "
     "the "
     "matrix. The nearest is suggested.",
     "matrix: {kmaens.k: [10, 100]}", "matrix: {kmeans.k: [10, 100]}"},
    {"M502", "a part of the matrix has the wrong form",
     "A path axis has a list of values or a range; a named axis (no dot) has cases, each a map of paths; `exclude` and "
     "`add` are lists of maps of axes; `seeds` is a number of seeds or a list of them.",
     "matrix: {kmeans.k: 10}", "matrix: {kmeans.k: [10]}"},
    {"M504", "exclude matches no row",
     "No row has all the values given, so nothing is excluded: a value is spelled otherwise, or the axis no longer has "
     "it.",
     "", ""},
    {"M505", "the added row is there already", "`add` names a row that the product of the axes has. It is run once.",
     "", ""},
    {"M506", "too many rows",
     "The product of the axes and seeds passes the limit of 10 000 rows. Nothing is cut silently; make an axis "
     "shorter.",
     "", ""},
    {"M508", "two axes set one path",
     "Which of them won would be a matter of their order. Put the values that belong together into cases of one named "
     "axis.",
     "a: {x: {kmeans.k: 5}}\nkmeans.k: [10, 20]", "kmeans.k: [5, 10, 20]"},
    {"M509", "exclude leaves no row", "Everything that the axes span is excluded, so there is nothing to run.", "", ""},
    {"M510", "a value is given twice", "An axis or the list of seeds has one value twice; it is taken once.",
     "kmeans.k: [10, 10]", "kmeans.k: [10]"},
    {"M511", "no such shard",
     "`--shard I/N` takes the I-th, (I+N)-th … row. I counts from 1, and there cannot be more shards than rows that "
     "are to "
     "have one.",
     "shoal run exp.yaml --shard 0/4", "shoal run exp.yaml --shard 1/4"},
    {"M512", "this is one for all rows",
     "An experiment has one name, one description, one set of plugins and figures, one `run` and one `compare`, and a "
     "reporter hears all of its rows: a row cannot have its own. Seeds vary by `seeds`.",
     "matrix: {name: [a, b]}", "name: a"},
    {"M513", "no rows that could be run again",
     "`--retry-failed` looks into an earlier run of the same experiment, the latest in runs/ or the one it names, for "
     "rows that were not done. There is no such run, it was stopped before it could write its results, or it is of "
     "other rows.",
     "shoal run exp.yaml --retry-failed=runs/other/latest", "shoal run exp.yaml --retry-failed=runs/exp/latest"},
    {"M514", "what is run again",
     "`--retry-failed` runs the rows alone that the earlier run did not finish. That run's folder stays as it is; the "
     "new one has these rows.",
     "", ""},
};

}  // namespace

std::span<const Explanation> explanations_of_matrices() { return kEntries; }

}  // namespace shoal::config
