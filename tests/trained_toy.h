#ifndef SHOAL_TESTS_TRAINED_TOY_H_
#define SHOAL_TESTS_TRAINED_TOY_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/program.h"

namespace shoal::tests {

/// 60 grey images of 8 × 8: class c of three is a bright quarter (the first three of four) over a noise that a small
/// formula makes. Any network learns them at once.
inline std::vector<std::vector<std::uint8_t>> toy_images() {
  std::vector<std::vector<std::uint8_t>> out;
  for (int i = 0; i < 60; ++i) {
    std::vector<std::uint8_t> image;
    for (int y = 0; y < 8; ++y)
      for (int x = 0; x < 8; ++x) {
        const int noise = (i * 31 + y * 17 + x * 7) % 23;
        const bool bright = (y >= 4) * 2 + (x >= 4) == i % 3;
        image.push_back(static_cast<std::uint8_t>(noise + (bright ? 200 : 0)));
      }
    out.push_back(image);
  }
  return out;
}

/// The bytes of an IDX file of these sizes (big-endian), then `data`.
inline std::string idx_bytes(const std::vector<int>& sizes, const std::string& data) {
  std::string out = {0, 0, 8, static_cast<char>(sizes.size())};
  for (const int size : sizes) out += std::string{0, 0, static_cast<char>(size >> 8), static_cast<char>(size)};
  return out + data;
}

inline std::string pgm_bytes(const std::vector<std::uint8_t>& pixels, int height = 8, int width = 8) {
  return "P5\n" + std::to_string(width) + " " + std::to_string(height) + "\n255\n" +
         std::string(pixels.begin(), pixels.end());
}

/// A classifier, what it says of its own data, and clusters of pixels and of embeddings.
inline constexpr const char* kTrainedToy = R"(shoal: 1
name: quarters
threads: 1
nodes:
  data:     {use: dataset/idx, with: {images: images.idx, labels: labels.idx, class_names: [a, b, c]}}
  net:      {use: encoder/convnet, with: {channels: [4, 8], kernel: 3, embedding: 8, batch_norm: true}}
  head:     {use: head/linear}
  learn:    {use: trainer/supervised, in: {data: data, encoder: net, head: head}, with: {epochs: 8, batch_size: 16}}
  said:     {use: trainer/predict, in: {encoder: learn.encoder, head: learn.head, data: data}}
  pca:      {use: transform/pca, in: {data: data}, with: {components: 5}}
  unit:     {use: transform/l2-normalize, in: {data: pca}}
  groups:   {use: clusterer/kmeans, in: {data: unit}, with: {k: 3}}
  features: {use: learn.encoder, in: {data: data}}
  deep:     {use: clusterer/kmeans, in: {data: features}, with: {k: 3}}
)";

/// Writes the data and the experiment.
inline void write_toy(const Workplace& place) {
  std::string bytes, labels;
  int i = 0;
  for (const auto& image : toy_images()) {
    bytes.append(image.begin(), image.end());
    labels += static_cast<char>(i++ % 3);
  }
  place.write("images.idx", idx_bytes({60, 8, 8}, bytes));
  place.write("labels.idx", idx_bytes({60}, labels));
  place.write("toy.yaml", kTrainedToy);
}

/// The same, and runs it to `run`.
inline void train_toy(const Workplace& place, const std::string& arguments = "") {
  write_toy(place);
  const Outcome outcome = place.shoal("run toy.yaml -q --out run " + arguments);
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
}

}  // namespace shoal::tests

#endif  // SHOAL_TESTS_TRAINED_TOY_H_
