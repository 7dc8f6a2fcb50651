// dataset/python: what a function of Python returns.
#include "shoal/plugin.h"

#include "python_dataset.h"

SHOAL_PLUGIN("python-dataset", "0.1.0", "examples and labels that a function of Python returns") {
  plugin.add<PythonDataset, DatasetParams>("dataset/python").random();
}
