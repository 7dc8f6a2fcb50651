// C: files over files, paths, references, overrides of the command line, the format of the file.
#include "framework/config/catalog.h"

namespace shoal::config {
namespace {

constexpr Explanation kEntries[] = {
    {"C201", "a base is not there",
     "`base:` names files relative to the file that says it. The note says where it was looked for.",
     "base: comon.yaml", "base: common.yaml"},
    {"C202", "bases lead back, or too deep",
     "A file cannot lie over itself, by however many others between; and sixteen files deep is more than anybody "
     "reads.",
     "", ""},
    {"C203", "a path leads through what has no parts",
     "A path goes down through maps by key and through lists by [index]. Here it meets a number, a text or the other "
     "kind "
     "of container; the note says where that was set.",
     "shoal run exp.yaml kmeans.k.first=5", "shoal run exp.yaml kmeans.k=5"},
    {"C204", "a reference to what has no value",
     "`${path}` carries the value at that path of the whole experiment, all files and changes taken together; a "
     "default of a "
     "component that nobody wrote is none.",
     "with: {embedding: '${vars.widht}'}", "with: {embedding: '${vars.width}'}"},
    {"C205", "references in a circle, or where all rows must agree",
     "A value that refers to itself has none. And name, seed and plugins are those of the whole experiment: they "
     "cannot hang "
     "on what the matrix sets.",
     "vars: {a: '${vars.b}', b: '${vars.a}'}", "vars: {a: 3, b: '${vars.a}'}"},
    {"C206", "not a reference",
     "There are ${path}, ${env:NAME}, ${env:NAME:-text}, ${here} (the folder of the file that says it) and ${data}. "
     "They are "
     "not nested and compute nothing. `$${` is the text `${`.",
     "name: '${env NAME}'", "name: '${env:NAME}'"},
    {"C207", "a variable of the environment is not set", "`${env:NAME:-text}` says what holds where it is not.",
     "device: '${env:DEVICE}'", "device: '${env:DEVICE:-cpu}'"},
    {"C208", "a list or a map inside text",
     "Alone in a value, a reference carries whatever stands at its path; inside text it must be a single value.",
     "description: 'channels ${enc.channels}'", "with: {channels: '${enc.channels}'}"},
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
