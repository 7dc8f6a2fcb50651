// What a loss of power leaves of a run: at no instant does its folder claim what is not on the disk.
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/program.h"

namespace shoal::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kExperiment = R"(shoal: 1
name: power
seed: 1
nodes:
  digits:  {use: dataset/mnist, with: {split: test}}
  train:   {use: dataset/subset, in: {data: digits}, with: {count: 200}}
  convnet: {use: encoder/convnet, with: {channels: [2, 2, 2, 2], embedding: 4}}
  head:    {use: head/linear}
  learn:
    use: trainer/supervised
    in:   {data: train, encoder: convnet, head: head}
    with: {epochs: 2, batch_size: 50}
  features: {use: learn.encoder, in: {data: train}}
  groups:  {use: clusterer/kmeans, in: {data: features}, with: {k: 10}}
  quality: {use: metric/clustering, in: {predicted: groups, labels: train.labels}}
report: [quality.acc]
)";

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(json::parse(line));
  return out;
}

/// What would be there after a loss of power, as a run's system calls make it grow: a file's bytes last once they are
/// flushed, its name once its folder is.
class Disk {
 public:
  void do_step(const std::string& what, const fs::path& path, const std::string& rest) {
    if (what == "mkdir") new_names_[path.parent_path()].insert(path);
    if (what == "fsync" && fs::is_directory(path)) lasting_.merge(new_names_[path]);
    if (what == "fsync" && !fs::is_directory(path)) bytes_[path] = std::stoul(rest);
    if (what != "rename") return;
    EXPECT_TRUE(bytes_.contains(path)) << path << " was given its name before it was flushed";
    bytes_[rest] = bytes_[path];
    new_names_[fs::path(rest).parent_path()].insert(rest);
  }
  bool has(const fs::path& path) const { return lasting_.contains(path); }
  std::size_t bytes_of(const fs::path& path) const {
    const auto found = bytes_.find(path);
    return found == bytes_.end() ? 0 : found->second;
  }
  /// The nodes that have a result in the store.
  std::set<std::string> stored() const {
    std::set<std::string> out;
    for (const fs::path& path : lasting_)
      if (path.extension() == ".json" && path.parent_path().parent_path().filename() == "a") {
        const std::string text = read_file(path);
        out.insert(json::parse(text.substr(0, text.size() - 65))["node"]);
      }
    return out;
  }

 private:
  std::map<fs::path, std::set<fs::path>> new_names_;  // by folder
  std::set<fs::path> lasting_;
  std::map<fs::path, std::size_t> bytes_;
};

/// The nodes of which that many bytes of events.jsonl say that they are done.
std::set<std::string> said_done(const std::string& events, std::size_t bytes) {
  std::set<std::string> out;
  for (const json& event : lines_of(events.substr(0, bytes)))
    if (event["event"] == "node_end" && event["status"] == "done") out.insert(event["node"]);
  return out;
}

TEST(PowerLoss, ARunFolderClaimsNothingThatIsNotOnTheDisk) {
  const Workplace place;
  place.write("power.yaml", kExperiment);
  const fs::path log = place.folder() / "disk.log", run = place.folder() / "out" / "run";
  const Outcome outcome =
      place.shoal("run power.yaml --out out/run", "SHOAL_TEST_DISK_LOG='" + log.string() +
                                                      "' LD_PRELOAD='" SHOAL_TEST_PLUGINS "/disk_log/libdisk_log.so'");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  const std::string events = read_file(run / "events.jsonl"), metrics = read_file(run / "metrics.jsonl");
  Disk disk;
  std::set<std::string> done;
  std::istringstream steps(read_file(log));
  for (std::string line; std::getline(steps, line);) {
    std::istringstream words(line);
    std::string what, path, rest;
    words >> what >> path >> rest;
    disk.do_step(what, path, rest);
    if (path == run && disk.has(run / "results.json")) {
      EXPECT_EQ(disk.bytes_of(run / "metrics.jsonl"), metrics.size());
      EXPECT_EQ(disk.bytes_of(run / "events.jsonl"), events.size());
    }
    if (path != run / "events.jsonl") continue;
    done = said_done(events, std::stoul(rest));
    const std::set<std::string> stored = disk.stored();
    for (const std::string& node : done) {
      SCOPED_TRACE(node);
      EXPECT_TRUE(stored.contains(node));
      for (const fs::path& folder : {run.parent_path(), run, run / "artifacts"})
        EXPECT_TRUE(disk.has(folder)) << folder;
      for (const auto& artifact : fs::directory_iterator(run / "artifacts"))
        if (artifact.path().filename().string().starts_with(node + ".")) {
          EXPECT_TRUE(disk.has(artifact.path())) << artifact.path();
        }
      const auto count = [&](const std::string& text) {
        const auto lines = lines_of(text);
        return std::count_if(lines.begin(), lines.end(), [&](const json& point) { return point["node"] == node; });
      };
      EXPECT_EQ(count(metrics.substr(0, disk.bytes_of(run / "metrics.jsonl"))), count(metrics));
    }
  }
  EXPECT_EQ(done, (std::set<std::string>{"learn", "features", "groups", "quality"}));
  EXPECT_TRUE(disk.has(run / "results.json"));
  EXPECT_FALSE(metrics.empty());
}

}  // namespace
}  // namespace shoal::tests
