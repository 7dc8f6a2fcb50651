// Files that testing/make.py writes with the PyTorch of SHOAL_PYTHON, else of .venv, and what PyTorch makes of them.
#include "torchscript.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "shoal/testing.h"

namespace {

namespace fs = std::filesystem;
using shoal::testing::Host;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A folder with the files, made once; why there are none.
struct MadeFiles {
  MadeFiles() {
    std::string name = (fs::temp_directory_path() / "shoal-torchscript-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder = name;
    const char* said = std::getenv("SHOAL_PYTHON");
    fs::path python = said != nullptr ? said : SHOAL_TEST_PYTHON;
    if (fs::is_directory(python)) python = python / "bin" / "python";
    const int status =
        std::system(("'" + python.string() + "' " SHOAL_TEST_SCRIPT " '" + folder.string() + "' 2>&1").c_str());
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code == 77 || code == 127)  // no torch, no python
      missing = "there is no torch in " + python.string() + " (SHOAL_PYTHON names another python)";
    else failed = code != 0;
  }
  ~MadeFiles() {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
  fs::path folder;
  std::string missing;
  bool failed = false;
};

const MadeFiles& made_files() {
  static const MadeFiles made;
  return made;
}

class TorchScriptTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!made_files().missing.empty()) GTEST_SKIP() << made_files().missing;
    ASSERT_FALSE(made_files().failed) << "testing/make.py failed";
  }

  static std::string path(const std::string& name) { return (made_files().folder / name).string(); }
  /// What PyTorch said, exactly.
  static std::vector<float> told(const std::string& name) {
    std::ifstream in(path(name));
    std::vector<float> out;
    for (std::string line; std::getline(in, line);) out.push_back(std::strtof(line.c_str(), nullptr));
    return out;
  }
  static std::vector<float> values(const at::Tensor& tensor) {
    const at::Tensor whole = tensor.detach().contiguous();
    return {whole.const_data_ptr<float>(), whole.const_data_ptr<float>() + whole.numel()};
  }
  static at::Tensor batch() { return at::arange(48, at::kFloat).remainder(7).div(7).view({3, 1, 4, 4}); }

  std::unique_ptr<TorchScript> built(const std::string& name, bool trainable = true, std::uint64_t seed = 0,
                                     const shoal::Shape& example = {1, 4, 4}) {
    host_ = std::make_unique<Host>(shoal::testing::HostOptions{.seed = seed});
    auto out = std::make_unique<TorchScript>(TorchScriptParams{.file = path(name), .trainable = trainable});
    out->build(host_->context(), example);
    return out;
  }
  std::string error_of(const std::string& name, bool trainable = true, const shoal::Shape& example = {1, 4, 4}) {
    try {
      built(name, trainable, 0, example);
    } catch (const shoal::InputError& error) {
      return error.what();
    }
    return "nothing was thrown";
  }
  std::vector<std::string> log() const {
    std::vector<std::string> lines;
    for (const auto& line : host_->log()) lines.push_back(line.text);
    return lines;
  }
  static std::vector<std::string> names(const shoal::NamedTensors& tensors) {
    std::vector<std::string> out;
    for (const auto& [name, tensor] : tensors) out.push_back(name);
    return out;
  }

  std::unique_ptr<Host> host_;
};

TEST_F(TorchScriptTest, EmbedsAsPyTorchDoes) {
  for (const char* name : {"net.pt", "traced.pt", "frozen.pt"}) {
    SCOPED_TRACE(name);
    const auto network = built(name);
    EXPECT_EQ(network->embedding_size(), 3);
    const at::Tensor out = network->forward(batch());
    EXPECT_THAT(out.sizes(), ElementsAre(3, 3));
    const std::vector<float> expected = told("net.eval.txt"), got = values(out);
    for (std::size_t i = 0; i < expected.size(); ++i)  // freezing folds the normalisation into the convolution
      EXPECT_NEAR(got[i], expected[i], 1e-6) << i;
  }
  EXPECT_EQ(values(built("net.pt")->forward(batch())), told("net.eval.txt"));
}

TEST_F(TorchScriptTest, TrainsAsPyTorchDoes) {
  const auto network = built("net.pt");
  EXPECT_THAT(names(network->parameters()),
              ElementsAre("0.weight", "0.bias", "1.weight", "1.bias", "4.weight", "4.bias"));
  EXPECT_THAT(names(network->buffers()), ElementsAre("1.running_mean", "1.running_var", "1.num_batches_tracked"));
  network->train(true);
  const at::Tensor out = network->forward(batch());
  EXPECT_EQ(values(out), told("net.train.txt"));
  out.square().sum().backward();
  std::vector<float> gradients;
  for (const auto& [name, tensor] : network->parameters())
    for (const float g : values(tensor.grad())) gradients.push_back(g);
  const std::vector<float> expected = told("net.gradients.txt");
  ASSERT_EQ(gradients.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(gradients[i], expected[i], 1e-5) << i;
  EXPECT_EQ(values(network->buffers()[0].second), told("net.running_mean.txt"));
}

TEST_F(TorchScriptTest, IsTheSameOnEveryCall) {  // and not another computation once it was watched
  const auto network = built("net.pt");
  const at::Tensor first = network->forward(batch());
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(at::equal(network->forward(batch()), first)) << i;
}

TEST_F(TorchScriptTest, StateMakesACopyThatIsTheSame) {
  const auto trained = built("net.pt");
  trained->train(true);
  trained->forward(batch());
  for (const auto& [name, tensor] : trained->parameters()) tensor.detach().add_(0.125);
  trained->train(false);
  const auto copy = built("net.pt");
  EXPECT_FALSE(at::equal(copy->forward(batch()), trained->forward(batch())));
  shoal::copy_state(trained->state(), copy->state());
  EXPECT_TRUE(at::equal(copy->forward(batch()), trained->forward(batch())));
}

TEST_F(TorchScriptTest, StaysAsItIsWhereItIsNotTrainable) {
  const auto network = built("net.pt", /*trainable=*/false);
  EXPECT_TRUE(network->parameters().empty());
  EXPECT_EQ(network->buffers().size(), 9u);
  network->train(true);  // says the trainer
  const at::Tensor out = network->forward(batch());
  EXPECT_EQ(values(out), told("net.eval.txt"));
  EXPECT_FALSE(out.requires_grad());
}

TEST_F(TorchScriptTest, LeavesWhatTheFileHasFrozen) {
  const auto network = built("half_frozen.pt");
  EXPECT_THAT(names(network->parameters()), ElementsAre("1.weight", "1.bias", "4.weight", "4.bias"));
  EXPECT_THAT(log(), Contains(HasSubstr("2 of the 6 parameters of 'half_frozen.pt' stay as they are")));
  built("frozen.pt");
  EXPECT_THAT(log(), Contains(HasSubstr("'frozen.pt' has no parameters")));
}

TEST_F(TorchScriptTest, DrawsFromItsStreamAlone) {
  const auto two_batches = [&](std::uint64_t seed) {
    const auto network = built("dropout.pt", true, seed);
    network->train(true);
    const at::Tensor x = at::ones({8, 1, 4, 4});
    const at::Tensor one = network->forward(x).detach();
    return std::pair(one, network->forward(x).detach());
  };
  const auto [a, b] = two_batches(1);
  const auto [c, d] = two_batches(1);
  EXPECT_TRUE(at::equal(a, c) && at::equal(b, d));
  EXPECT_FALSE(at::equal(a, b));
  EXPECT_FALSE(at::equal(a, two_batches(2).first));
  // A copy goes on where the first one was, as a training does that was stopped.
  const auto first = built("dropout.pt", true, 1), second = built("dropout.pt", true, 1);
  first->train(true), second->train(true);
  EXPECT_TRUE(at::equal(first->forward(at::ones({8, 1, 4, 4})), a));
  EXPECT_EQ(first->buffers().back().second.item<std::int64_t>(), 1);
  shoal::copy_state(first->state(), second->state());
  EXPECT_EQ(second->buffers().back().second.item<std::int64_t>(), 1);
  EXPECT_TRUE(at::equal(second->forward(at::ones({8, 1, 4, 4})), b));
  EXPECT_EQ(second->buffers().back().second.item<std::int64_t>(), 2);
  EXPECT_TRUE(at::equal(first->forward(at::ones({8, 1, 4, 4})), b));
}

TEST_F(TorchScriptTest, TakesBuffersThatAreNotKeptAsConstants) {
  const auto network = built("masked.pt");
  EXPECT_TRUE(network->buffers().empty());
  EXPECT_EQ(network->embedding_size(), 8);
  EXPECT_THAT(log(), Contains("buffer 'mask' of 'masked.pt' is Bool: a constant of the file"));
}

TEST_F(TorchScriptTest, RefusesFilesThatAreNoTorchScript) {
  EXPECT_THAT(error_of("nowhere.pt"), HasSubstr("there is no file"));
  for (const char* name : {"text.pt", "state.pt", "pickled.pt"})
    EXPECT_THAT(error_of(name),
                AllOf(HasSubstr(std::string("'") + name + "' is no TorchScript file that can be loaded ("),
                      HasSubstr("torch.jit.script(model).save(")))
        << name;
}

TEST_F(TorchScriptTest, RefusesNetworksThatAreNoEncoders) {
  EXPECT_THAT(error_of("two.pt"),
              HasSubstr("'two.pt' returns Tuple[Tensor, Tensor], but an encoder returns one tensor"));
  EXPECT_THAT(error_of("map.pt"), HasSubstr("'map.pt' makes (2, 2, 2, 2) Float of a batch (2, 1, 4, 4), but an encoder "
                                            "returns (2, E) Float"));
  EXPECT_THAT(error_of("onebatch.pt"), HasSubstr("'onebatch.pt'"));
  EXPECT_THAT(error_of("half.pt"), HasSubstr("parameter '0.weight' of 'half.pt' is Half"));
  EXPECT_THAT(error_of("tied.pt"), HasSubstr("'a.weight' and 'b.weight' of 'tied.pt' are one tensor"));
  EXPECT_EQ(error_of("tied.pt", /*trainable=*/false), "nothing was thrown");
}

TEST_F(TorchScriptTest, RefusesExamplesOfAnotherShape) {
  EXPECT_THAT(error_of("net.pt", true, {1, 9, 9}),
              AllOf(HasSubstr("'net.pt' does not take a batch (2, 1, 9, 9): "), HasSubstr("mat1 and mat2 shapes")));
  const auto network = built("net.pt");
  try {
    network->forward(at::zeros({2, 1, 5, 4}));
    ADD_FAILURE() << "nothing was thrown";
  } catch (const shoal::InputError& error) {
    EXPECT_STREQ(error.what(), "expected examples of shape (1, 4, 4), got a batch (2, 1, 5, 4)");
  }
}

}  // namespace
