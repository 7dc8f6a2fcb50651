// G: nodes and edges; P: what planning finds besides.
#include "framework/config/catalog.h"

namespace shoal::config {
namespace {

constexpr Explanation kGraph[] = {
    {"G301", "there is no such node",
     "`in`, `use`, `report` and figures name nodes of the same file, as node or node.output. The nearest is suggested.",
     "in: {data: encodr}", "in: {data: encoder}"},
    {"G302", "there is no such output",
     "The node's component gives other outputs; the help line lists them, the first is what the bare name means. A "
     "clusterer or transform that is fitted in a process of its own cannot give what it learnt.",
     "in: {encoder: learn.encoderr}", "in: {encoder: learn.encoder}"},
    {"G303", "an edge between two types",
     "The port wants another kind of thing than the output gives; outputs of that node that would fit are named. A "
     "dataset "
     "goes where features are wanted, nothing else changes its type by itself.",
     "in: {features: digits.labels}", "in: {features: digits}"},
    {"G304", "a required input is missing",
     "The component cannot work without something at this port; the help line says what it is for.",
     "score: {use: metric/clustering, in: {labels: digits.labels}}",
     "score: {use: metric/clustering, in: {labels: digits.labels, predicted: kmeans}}"},
    {"G305", "there is no such input", "The component has no port of this name; the help line lists those it has.",
     "in: {dta: digits}", "in: {data: digits}"},
    {"G306", "nodes depend on themselves",
     "Following inputs upwards from a node leads back to it, so nothing can come first. The notes have every edge of "
     "the "
     "cycle.",
     "a: {use: transform/pca, in: {data: b}}\nb: {use: transform/pca, in: {data: a}}",
     "a: {use: transform/pca, in: {data: digits}}\nb: {use: transform/pca, in: {data: a}}"},
    {"G307", "a node feeds nothing",
     "The node neither computes anything nor is used by a node that does, so it changes nothing: a left-over, or an "
     "edge is "
     "forgotten.",
     "", ""},
    {"G308", "one input too many", "This port takes one node and is given a list of several.", "in: {data: [a, b]}",
     "in: {data: a}"},
    {"G309", "nodes that are like each other",
     "`like: other` copies what the files say of another node. Two nodes that are each like the other say nothing.",
     "a: {like: b}\nb: {like: a}", "a: {use: clusterer/kmeans}\nb: {like: a}"},
    {"G310", "not a number",
     "`report` and the y of a figure want numbers or series of numbers; the help line names those of the node.",
     "report: [kmeans.labels]", "report: [kmeans.inertia]"},
    {"G311", "this cannot be isolated",
     "A transform or clusterer that is fitted by its node (`in: {data: …}`) and a metric work on arrays alone, which a "
     "process of its own can be given. Datasets, encoders, heads and trainers are used by others, call by call.",
     "", ""},
    {"G312", "a timeout of what has no work of its own",
     "A component that others use, an encoder or a clusterer within a trainer say, works when these call it, and in "
     "their time. The timeout belongs to their node.",
     "kmeans: {use: clusterer/kmeans, timeout: 60}\nlearn: {use: trainer/deepcluster, in: {clusterer: kmeans, …}}",
     "kmeans: {use: clusterer/kmeans}\nlearn: {use: trainer/deepcluster, in: {clusterer: kmeans, …}, timeout: 600}"},
};

constexpr Explanation kPlanning[] = {
    {"P402", "more clusters than examples",
     "The dataset has fewer examples than the clusterer is to find clusters. Most clusterers refuse that when they "
     "run; "
     "a few find fewer clusters. `shoal check` and `shoal plan` say it where the data can be opened; nothing is "
     "downloaded for it by check.",
     "points: {use: dataset/npy, with: {path: sixty-rows.npy}}\n"
     "group: {use: clusterer/kmeans, in: {data: points}, with: {k: 100}}",
     "group: {use: clusterer/kmeans, in: {data: points}, with: {k: 10}}"},
    {"P403", "a component lacks what is asked of it",
     "The port exists for components that can do more than their kind demands: weights, initial centroids, a view of "
     "data "
     "without copies. This one cannot. Which ones can is in the help line, or in `shoal plugins show NAME` under "
     "traits.",
     "in: {data: digits, weights: w}   # into a clusterer without the trait", "in: {data: digits}"},
    {"P404", "no such device",
     "The experiment or --device asks for cuda and LibTorch sees no such device here. `auto` takes cuda where there is "
     "one; "
     "`cpu` works everywhere. It is an error, since a run on another device may give other bytes.",
     "device: cuda", "device: auto"},
    {"P405", "features of a dtype that is not taken",
     "A transform or clusterer says which dtypes of features it takes (`shoal plugins show NAME`, under traits; "
     "float32 "
     "and float64 where it names none), and would refuse what the data gives. A transform in between gives float32, or "
     "float64 for float64; int64 comes from transforms that give row numbers, and is taken by none.",
     "bytes: {use: dataset/npy, with: {path: uint8.npy}}\n"
     "group: {use: clusterer/mine, in: {data: bytes}}   # takes float32 and float64",
     "scaled: {use: transform/standardize, in: {data: bytes}}\n"
     "group: {use: clusterer/mine, in: {data: scaled}}"},
    {"P406", "a file of the data is missing",
     "A dataset's `path` names a file or folder that is not there. A relative path starts from the folder of the "
     "experiment "
     "file. It is looked for before anything runs, so that an hour of work does not end with it.",
     "points: {use: dataset/npy, with: {path: ponts.npy}}", "points: {use: dataset/npy, with: {path: points.npy}}"},
    {"P411", "more threads than processors",
     "More threads are asked for than this process may use (its affinity and its control group). Results do not "
     "change, but "
     "threads wait for each other and times are no measure.",
     "threads: 64", "threads: 0"},
};

}  // namespace

std::span<const Explanation> explanations_of_graphs() { return kGraph; }
std::span<const Explanation> explanations_of_planning() { return kPlanning; }

}  // namespace shoal::config
