// npy_array.h: a NumPy array as the examples or the labels of a dataset, whether it is a file or part of an archive.
#ifndef SHOAL_DATASETS_NPY_ARRAY_H_
#define SHOAL_DATASETS_NPY_ARRAY_H_

#include <string>

#include "npy_header.h"
#include "served.h"

namespace [[gnu::visibility("hidden")]] files {

/// The array's examples; `first` is left null. `name` is for messages: "'x.npy'".
/// Throws InputError  not float32, float64 or uint8, below rank 2, or a size of 0
Examples examples_of(const NpyHeader& header, const std::string& name);

/// The array's labels; `first` is left null.
/// Throws InputError  not of integers or not of rank 1, or not as many as there are examples in `examples_name`
Labels labels_of(const NpyHeader& header, const std::string& name, shoal::Index examples,
                 const std::string& examples_name, std::size_t classes);

}  // namespace files

#endif  // SHOAL_DATASETS_NPY_ARRAY_H_
