#include "framework/use/export_readme.h"

#include "shoal/array.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

bool is_module(const nlohmann::ordered_json& step) { return step.at("file").get<std::string>().ends_with(".pt"); }

/// Whether all steps are TorchScript, so that the program can go from examples to features.
bool program_can_walk(const ExportedModel& model) {
  for (const auto& step : model.says.at("steps"))
    if (!is_module(step)) return false;
  return true;
}

constexpr const char* kBegin = R"(import json, os, sys
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
says = json.load(open(os.path.join(here, "preprocessing.json")))
x = np.load(sys.argv[1])
)";

constexpr const char* kTensor = R"(import torch
x = x.reshape((len(x), *says["example"]["shape"]))
t = torch.from_numpy(x).float() / says["bytes_divided_by"]
)";

constexpr const char* kModel = R"(model = torch.jit.load(os.path.join(here, "model.pt"))
with torch.no_grad():
    logits = model(t)
for label, p in zip(logits.argmax(1).tolist(), logits.softmax(1).max(1).values.tolist()):
    print(label, p)
)";

constexpr const char* kSteps = R"(with torch.no_grad():
    for step in says["steps"]:
        t = torch.jit.load(os.path.join(here, step["file"]))(t)
x = t.numpy()
)";

constexpr const char* kNearest = R"(centroids = np.load(os.path.join(here, "centroids.npy")).astype(np.float64)
x = x.reshape(len(x), -1).astype(np.float64)
distance = ((x[:, None] - centroids[None]) ** 2).sum(2) ** 0.5
for label, d in zip(distance.argmin(1), distance.min(1)):
    print(label, d)
)";

constexpr const char* kScikitLearn = R"(
scikit-learn takes the centroids as they are:

```python
import numpy as np
from sklearn.cluster import KMeans
centroids = np.load("centroids.npy")
kmeans = KMeans(len(centroids), init=centroids, n_init=1, max_iter=1).fit(centroids)  # at home in them at once
labels = kmeans.predict(features.astype(centroids.dtype))
```
)";

std::string steps_of(const ExportedModel& model) {
  std::string out;
  int number = 0;
  for (const auto& step : model.says.at("steps"))
    out +=
        text("{}. {} ({}): {}\n", ++number, step.at("node").get<std::string>(), step.at("component").get<std::string>(),
             is_module(step) ? text("run {}", step.at("file").get<std::string>())
                             : text("what it learnt is in {}; the component's page says how it is applied",
                                    step.at("file").get<std::string>()));
  return out;
}

}  // namespace

std::string export_program(const ExportedModel& model) {
  std::string out = "# Labels of the examples in an NPY file: python use.py examples.npy\n";
  const bool walks = program_can_walk(model);
  if (!model.model && !walks)
    out = "# Labels of features in an NPY file, transformed as README.md says: python use.py features.npy\n";
  out += kBegin;
  if (model.model) {
    out += kTensor;
    return out + kModel;
  }
  if (!model.centroids) return out + "sys.exit(\"this export has neither TorchScript nor centroids; see README.md\")\n";
  if (walks && !model.says.at("steps").empty()) {
    out += kTensor;
    out += kSteps;
  }
  return out + kNearest;
}

std::string export_readme(const ExportedModel& model, const std::vector<std::string>& left_out) {
  const auto& says = model.says;
  const auto& example = says.at("example");
  std::string out = text("# {} ({})\n\nExported by `shoal export` from {}, row {}, seed {}. It answers with a {}.\n\n",
                         says.at("node").get<std::string>(), says.at("component").get<std::string>(),
                         says.at("run").get<std::string>(), says.at("row").get<std::size_t>(),
                         says.at("seed").get<std::int64_t>(), says.at("answers").get<std::string>());
  out +=
      text("An example is {} {}", to_string(example.at("shape").get<Shape>()), example.at("dtype").get<std::string>());
  out += says.at("bytes_divided_by") == 255
             ? ". Networks take bytes divided by 255, as float32; transforms and clusterers take them as they are.\n"
             : ". Networks take it as float32.\n";
  if (says.contains("class_names")) {
    out += "Classes, from 0:";
    for (const auto& name : says.at("class_names")) out += text(" {}", name.get<std::string>());
    out += "\n";
  }
  if (says.contains("readout"))
    out += text("The head takes the encoder at '{}', not at its embedding; model.pt does both.\n",
                says.at("readout").get<std::string>());
  if (!says.at("steps").empty()) out += "\nFrom examples to the features that were clustered:\n\n" + steps_of(model);
  if (!left_out.empty()) out += "\nNot here:\n\n";
  for (const std::string& line : left_out) out += "* " + line + "\n";
  out += "\n`use.py`, with NumPy" + std::string(model.model || program_can_walk(model) ? " and PyTorch" : "") +
         ":\n\n```python\n" + export_program(model) + "```\n";
  if (model.centroids) out += kScikitLearn;
  return out;
}

}  // namespace shoal::host
