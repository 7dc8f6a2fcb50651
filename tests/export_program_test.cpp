// shoal export: Python reads what a run trained, and says of its data what the run said.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/probed_toy.h"
#include "tests/trained_toy.h"

namespace shoal::tests {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// A Python program in the workplace's folder; skips the test where `imports` are not there.
std::string python(const Workplace& place, const std::string& program) {
  place.write("program.py", program);
  const std::string command =
      "cd '" + place.folder().string() + "' && '" SHOAL_TEST_PYTHON "' program.py >py.out 2>py.err";
  const int status = std::system(command.c_str());
  EXPECT_EQ(status, 0) << read_file(place.folder() / "py.err");
  return read_file(place.folder() / "py.out");
}
bool has_module(const char* name) {
  return std::system((std::string("'" SHOAL_TEST_PYTHON "' -c 'import ") + name + "' 2>/dev/null").c_str()) == 0;
}

/// The labels that use.py prints, one a line, the first word.
std::vector<int> labels_in(const std::string& lines) {
  std::istringstream in(lines);
  std::vector<int> out;
  for (std::string line; std::getline(in, line);) out.push_back(std::stoi(line));
  return out;
}

constexpr const char* kImages = R"(
import numpy as np
images = np.frombuffer(open('images.idx', 'rb').read()[16:], np.uint8).reshape(60, 8, 8)
np.save('images.npy', images)
)";

TEST(Export, GivesPyTorchTheLogitsOfTheRun) {
  if (!has_module("torch")) GTEST_SKIP() << "there is no torch for Python";
  const Workplace place;
  train_toy(place);
  const Outcome outcome = place.shoal("export run --node learn --out model");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  for (const char* file : {"encoder.pt", "encoder.safetensors", "model.pt", "model.safetensors", "preprocessing.json",
                           "README.md", "use.py"}) {
    EXPECT_TRUE(std::filesystem::exists(place.folder() / "model" / file)) << file;
    EXPECT_THAT(outcome.out, HasSubstr(file));
  }
  const json says = json::parse(read_file(place.folder() / "model/preprocessing.json"));
  EXPECT_EQ(says["bytes_divided_by"], 255);
  EXPECT_EQ(says["example"]["shape"], json({1, 8, 8}));
  EXPECT_EQ(says["class_names"], json({"a", "b", "c"}));
  // Probabilities of trainer/predict within the run; the tensors of model.safetensors by its header.
  const std::string out = python(place, std::string(kImages) + R"(
import json, struct, subprocess, sys, torch
model = torch.jit.load('model/model.pt')
logits = model(torch.from_numpy(images).float().reshape(60, 1, 8, 8) / 255)
kept = torch.from_numpy(np.load('run/artifacts/said.probabilities.npy'))
print(float((logits.softmax(1) - kept).abs().max()))
raw = open('model/model.safetensors', 'rb').read()
size, = struct.unpack('<Q', raw[:8])
header = json.loads(raw[8:8 + size])
for name, value in model.state_dict().items():
    at = next(header[key] for key in header if key.replace('.', '_') == name)
    begin, end = at['data_offsets']
    assert np.array_equal(np.frombuffer(raw[8 + size:][begin:end], np.float32).reshape(at['shape']), value.numpy()), name
print(len(model.state_dict()) == len(header))
print(subprocess.run([sys.executable, 'model/use.py', 'images.npy'], check=True, capture_output=True, text=True).stdout, end='')
)");
  std::istringstream lines(out);
  double apart = 1;
  std::string same;
  lines >> apart >> same >> std::ws;
  EXPECT_LT(apart, 1e-5);
  EXPECT_EQ(same, "True");
  const std::vector<int> labels = labels_in(std::string(std::istreambuf_iterator<char>(lines), {}));
  ASSERT_EQ(labels.size(), 60u);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(labels[static_cast<std::size_t>(i)], i % 3);
  EXPECT_THAT(read_file(place.folder() / "model/README.md"), HasSubstr(read_file(place.folder() / "model/use.py")));
}

TEST(Export, GivesPyTorchAProbeWithItsEncoder) {
  if (!has_module("torch")) GTEST_SKIP() << "there is no torch for Python";
  const Workplace place;
  probe_toy(place);
  for (const char* node : {"probe", "early", "late"}) {
    SCOPED_TRACE(node);
    const Outcome outcome = place.shoal(std::string("export run --out ") + node + " --node " + node);
    ASSERT_EQ(outcome.exit, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    const Outcome said = place.shoal(std::string("predict run test.idx --format json --node ") + node);
    ASSERT_EQ(said.exit, 0) << said.err;
    place.write("said.json", said.out);
    // What the run kept of its own answers, beside the probabilities of `shoal predict`.
    std::istringstream lines(python(place, std::string("node = '") + node + R"('
import json, subprocess, sys, numpy as np, torch
images = np.frombuffer(open('test.idx', 'rb').read()[16:], np.uint8).reshape(60, 8, 8)
np.save('images.npy', images)
logits = torch.jit.load(node + '/model.pt')(torch.from_numpy(images).float().reshape(60, 1, 8, 8) / 255)
wanted = torch.tensor([example['probabilities'] for example in json.load(open('said.json'))['examples']])
print(float((logits.softmax(1) - wanted).abs().max()))
kept = np.load('run/artifacts/' + node + '.predicted.npy').tolist()
said = subprocess.run([sys.executable, node + '/use.py', 'images.npy'], check=True, capture_output=True, text=True).stdout
print([int(line.split()[0]) for line in said.splitlines()] == kept, logits.argmax(1).tolist() == kept)
)"));
    double apart = 1;
    std::string by_program, by_logits;
    lines >> apart >> by_program >> by_logits;
    EXPECT_LT(apart, 1e-5);
    EXPECT_EQ(by_program, "True");
    EXPECT_EQ(by_logits, "True");
  }
  const json early = json::parse(read_file(place.folder() / "early/preprocessing.json"));
  EXPECT_EQ(early["readout"], "conv1");
  EXPECT_THAT(read_file(place.folder() / "early/README.md"), HasSubstr("The head takes the encoder at 'conv1'"));
  EXPECT_FALSE(json::parse(read_file(place.folder() / "probe/preprocessing.json")).contains("readout"));
}

TEST(Export, GivesCentroidsThatAnswerAsTheRunDid) {
  if (!has_module("torch")) GTEST_SKIP() << "there is no torch for Python";
  const Workplace place;
  train_toy(place);
  ASSERT_EQ(place.shoal("export run --node deep").exit, 0);
  EXPECT_EQ(read_file(place.folder() / "run/export/deep/centroids.npy"),
            read_file(place.folder() / "run/artifacts/deep.centroids.npy"));
  EXPECT_EQ(python(place, std::string(kImages) + R"(
import subprocess, sys
said = subprocess.run([sys.executable, 'run/export/deep/use.py', 'images.npy'], check=True, capture_output=True, text=True).stdout
print([int(line.split()[0]) for line in said.splitlines()] == np.load('run/artifacts/deep.labels.npy').tolist())
)"),
            "True\n");
}

TEST(Export, GivesWhatTransformsLearnt) {  // pca: (x − mean)·components, then length 1, then the nearest centroid
  if (!has_module("numpy")) GTEST_SKIP() << "there is no numpy for Python";
  const Workplace place;
  train_toy(place);
  const Outcome outcome = place.shoal("export run --node groups --out groups");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(read_file(place.folder() / "groups/README.md"),
              AllOf(HasSubstr("1. pca (transform/pca): what it learnt is in pca.safetensors"),
                    HasSubstr("2. unit (transform/l2-normalize)"), HasSubstr("from sklearn.cluster import KMeans")));
  EXPECT_EQ(python(place, std::string(kImages) + R"(
import json, struct, subprocess, sys
raw = open('groups/pca.safetensors', 'rb').read()
size, = struct.unpack('<Q', raw[:8])
header = json.loads(raw[8:8 + size])
def tensor(name):
    begin, end = header[name]['data_offsets']
    return np.frombuffer(raw[8 + size:][begin:end], np.float64).reshape(header[name]['shape'])
x = (images.reshape(60, 64) - tensor('mean')) @ tensor('components')
np.save('features.npy', x / np.linalg.norm(x, axis=1, keepdims=True))
said = subprocess.run([sys.executable, 'groups/use.py', 'features.npy'], check=True, capture_output=True, text=True).stdout
print([int(line.split()[0]) for line in said.splitlines()] == np.load('run/artifacts/groups.labels.npy').tolist())
)"),
            "True\n");
}

TEST(Export, GivesScikitLearnItsCentroids) {
  if (!has_module("sklearn")) GTEST_SKIP() << "there is no scikit-learn for Python (scripts/setup --rivals)";
  const Workplace place;
  train_toy(place);
  ASSERT_EQ(place.shoal("export run --node deep --out deep").exit, 0);
  const std::string readme = read_file(place.folder() / "deep/README.md");
  const std::size_t begin = readme.rfind("```python\n") + 10;
  place.write("snippet.py", readme.substr(begin, readme.rfind("```") - begin));
  EXPECT_EQ(python(place, std::string(kImages) + R"(
import os, torch
features = torch.jit.load('deep/features.pt')(torch.from_numpy(images).float().reshape(60, 1, 8, 8) / 255).detach().numpy()
os.chdir('deep')
exec(open('../snippet.py').read())
print(labels.tolist() == np.load('../run/artifacts/deep.labels.npy').tolist())
)"),
            "True\n");
}

TEST(Export, RefusesAFolderThatHoldsSomething) {
  const Workplace place;
  train_toy(place);
  const Outcome outcome = place.shoal("export run --node learn --out run");
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("run holds something already; name a new folder by --out"));
  EXPECT_THAT(place.shoal("export run").err, HasSubstr("--node learn  (trainer/supervised: classes)"));
}

}  // namespace
}  // namespace shoal::tests
