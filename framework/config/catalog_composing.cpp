// C: paths, overrides of the command line, the format of the file.
#include "framework/config/catalog.h"

namespace shoal::config {
namespace {

constexpr Explanation kEntries[] = {
    {"C203", "a path leads through what has no parts",
     "A path goes down through maps by key and through lists by [index]. Here it meets a number, a text or the other "
     "kind "
     "of container; the note says where that was set.",
     "shoal run exp.yaml kmeans.k.first=5", "shoal run exp.yaml kmeans.k=5"},
    {"C209", "an override without an operator",
     "A change on the command line is path=value, path+=value (append to a list) or ~path (remove). The first '=' "
     "outside "
     "of '…' ends the path; all behind it is the value.",
     "shoal run exp.yaml kmeans.k:5", "shoal run exp.yaml kmeans.k=5"},
    {"C210", "an override of what is not there",
     "A path starts with a node of the experiment or a key of its top level, with the nearest one suggested; or it is "
     "no "
     "path at all. `kmeans.k` is short for nodes.kmeans.with.k, and `kmeans.use` for nodes.kmeans.use.",
     "shoal run exp.yaml kmaens.k=5", "shoal run exp.yaml kmeans.k=5"},
    {"C211", "a list is shorter than that",
     "Indices start from 0, so a list of three has [0], [1] and [2]. `path+=value` appends.",
     "shoal run exp.yaml enc.channels[3]=8", "shoal run exp.yaml enc.channels+=8"},
    {"C212", "+= wants a list",
     "Only a list that the file sets can be appended to; a default of a component is not in the "
     "file. Write the whole list.",
     "shoal run exp.yaml kmeans.k+=5", "shoal run exp.yaml kmeans.k=5"},
    {"C213", "nothing to delete",
     "`~path` removes what the file says; here it says nothing at that path, so the name is likely misspelled.",
     "shoal run exp.yaml ~kmeans.tool", "shoal run exp.yaml ~kmeans.tol"},
    {"C214", "an override fixes an axis",
     "The command line wins over the matrix: what varied the same path keeps one value, and rows become fewer. It is "
     "said "
     "so that nobody waits for rows that are not run.",
     "", ""},
    {"C215", "another format of file",
     "`shoal: 1` is the format that this program knows. A higher number comes from a newer Shoal.", "shoal: 2",
     "shoal: 1"},
};

}  // namespace

std::span<const Explanation> explanations_of_composing() { return kEntries; }

}  // namespace shoal::config
