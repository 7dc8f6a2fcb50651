#ifndef SHOAL_FRAMEWORK_USE_ANSWERS_H_
#define SHOAL_FRAMEWORK_USE_ANSWERS_H_

#include <optional>
#include <string>
#include <vector>

#include "framework/use/restored.h"
#include "shoal/array.h"
#include "shoal/torch/reader.h"

namespace shoal::host {

/// How a node answers what a new example is.
enum class AnswersBy {
  head,       ///< a trained head behind an encoder: the class of its largest logit, and its probability
  clusterer,  ///< a fitted clusterer's predict
  centroids,  ///< the nearest of a trainer's centroids in its encoder's embedding
};

/// A node that can be asked.
struct AnswerNode {
  std::size_t node = 0;
  AnswersBy by = AnswersBy::head;
  bool classes = false;     ///< true labels were learnt, and it answers with them; else with clusters
  std::size_t dataset = 0;  ///< whose form examples must have
  std::optional<Source> encoder = {}, head = {};  ///< of a head or of centroids
  std::string readout = "embedding";              ///< where the head takes the encoder's features, shoal/torch/reader.h
  std::optional<Source> read_head = {};           ///< of a readout "head…": the head that is read
};

/// The nodes of the run that answer, in the order of its graph:
///
///     a trainer that gave a head, and a labelling or an accuracy; its encoder is the one it gives, or else the one
///     wired to it, read where its parameter `readout` says; `accuracy` says that it learnt true classes, unless other
///     labels are wired to it
///     a trainer that takes encoder and head and gives `probabilities`, like trainer/predict
///     a clusterer at work that was fitted here, on examples, or on what transforms and encoders make of them
///     a trainer that gives an encoder and `centroids`
///
/// Those whose data cannot be followed back to one dataset are left out.
std::vector<AnswerNode> answer_nodes(const Restored& restored);

/// The one called `name`, or the only one where `name` is "". Throws InputError  there is none, or several: which; or
/// that one cannot be asked: why
AnswerNode choose_answer_node(const Restored& restored, const std::string& name);

/// What a node says of N examples.
struct Answers {
  std::vector<std::int64_t> labels = {};    ///< (N) classes or clusters; −1 is noise
  std::optional<Array> probabilities = {};  ///< (N, C) float32, of a head
  std::vector<std::int64_t> nearest = {};   ///< (N) the nearest centroid, where there are centroids
  std::vector<double> distance = {};        ///< (N) to it, Euclidean, in the features that were clustered
  std::vector<std::string> notes = {};
};
/// What the encoder of an answering node is read by, for examples of this shape.
Reader make_reader(const Restored& restored, const AnswerNode& asked, const Shape& example);

/// Asks it. On the CPU, in float32. Throws InputError  an artifact is missing, or the examples do not fit
Answers answer(const Restored& restored, const AnswerNode& asked, const std::shared_ptr<const Made>& examples);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_USE_ANSWERS_H_
