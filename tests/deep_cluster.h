#ifndef SHOAL_TESTS_DEEP_CLUSTER_H_
#define SHOAL_TESTS_DEEP_CLUSTER_H_

#include <string>

namespace shoal::tests {

/// DeepCluster on so many digits, and what becomes of its features; `more` are further nodes, the report, ….
inline std::string deep_cluster(int count, const std::string& more) {
  return R"(shoal: 1
name: deep
seed: 1
nodes:
  digits:  {use: dataset/mnist, with: {split: test}}
  train:   {use: dataset/subset, in: {data: digits}, with: {count: )" +
         std::to_string(count) + R"(}}
  convnet: {use: encoder/convnet, with: {channels: [4, 8, 8, 4], embedding: 16}}
  head:    {use: head/linear}
  pca:     {use: transform/pca, with: {components: 8, whiten: true}}
  kmeans:  {use: clusterer/kmeans, with: {k: 10}}
  learn:
    use: trainer/deepcluster
    in:   {data: train, encoder: convnet, head: head, transforms: [pca], clusterer: kmeans}
    with: {epochs: 2, batch_size: 50}
  features: {use: learn.encoder, in: {data: train}}
  groups:  {use: clusterer/kmeans, in: {data: features}, with: {k: 10}}
  quality: {use: metric/clustering, in: {predicted: groups, labels: train.labels}}
)" + more;
}

}  // namespace shoal::tests

#endif  // SHOAL_TESTS_DEEP_CLUSTER_H_
