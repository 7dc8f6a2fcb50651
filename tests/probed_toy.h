#ifndef SHOAL_TESTS_PROBED_TOY_H_
#define SHOAL_TESTS_PROBED_TOY_H_

#include <string>

#include "tests/trained_toy.h"

namespace shoal::tests {

/// A network whose encoder is frozen and probed: at its embedding, earlier and later, by the classes and by clusters.
inline constexpr const char* kProbedToy = R"(shoal: 1
name: probed
threads: 1
nodes:
  train:   {use: dataset/idx, with: {images: images.idx, labels: labels.idx, class_names: [a, b, c]}}
  test:    {use: dataset/idx, with: {images: test.idx, labels: test-labels.idx, class_names: [a, b, c]}}
  net:     {use: encoder/convnet, with: {channels: [4, 8], kernel: 3, embedding: 8, batch_norm: true}}
  head:    {use: head/linear}
  groups:  {use: clusterer/kmeans, in: {data: train}, with: {k: 4}}
  learn:   {use: trainer/supervised, in: {data: train, encoder: net, head: head}, with: {epochs: 1, batch_size: 16}}
  probe:   {use: trainer/linear-probe, in: {encoder: learn.encoder, classifier: head, train: train, test: test}}
  early:   {use: trainer/linear-probe, in: {encoder: net, classifier: head, train: train, test: test}, with: {readout: conv1}}
  late:
    use: trainer/linear-probe
    in:   {encoder: learn.encoder, head: learn.head, classifier: head, train: train, test: test}
    with: {readout: head}
  pseudo:
    use: trainer/linear-probe
    in:   {encoder: learn.encoder, classifier: head, train: train, test: test, labels: groups.labels}
  bare:    {use: trainer/linear-probe, in: {encoder: learn.encoder, train: train, test: test}}
  nearest: {use: trainer/knn-probe, in: {encoder: learn.encoder, train: train, test: test}}
  said:    {use: trainer/predict, in: {encoder: learn.encoder, head: probe.head, data: test}}
)";

/// Writes the toy's data with a test set in which classes are fainter than the noise here and there, and the
/// experiment; runs it to `run`.
inline void probe_toy(const Workplace& place, const std::string& arguments = "") {
  write_toy(place);
  std::string bytes, labels;
  int i = 0;
  for (const auto& image : toy_images()) {
    for (std::size_t at = 0; at < image.size(); ++at) {
      const int noise = static_cast<int>(i * 37 + at * at * 11) % 97;
      bytes += static_cast<char>(image[at] / 4 + noise);
    }
    labels += static_cast<char>(i++ % 3);
  }
  place.write("test.idx", idx_bytes({60, 8, 8}, bytes));
  place.write("test-labels.idx", idx_bytes({60}, labels));
  place.write("probed.yaml", kProbedToy);
  const Outcome outcome = place.shoal("run probed.yaml -q --out run " + arguments);
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
}

}  // namespace shoal::tests

#endif  // SHOAL_TESTS_PROBED_TOY_H_
