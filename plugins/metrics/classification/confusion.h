#ifndef SHOAL_PLUGINS_METRICS_CLASSIFICATION_CONFUSION_H_
#define SHOAL_PLUGINS_METRICS_CLASSIFICATION_CONFUSION_H_

#include <cstdint>

#include "shoal/array.h"
#include "shoal/kernels/agreement.h"
#include "shoal/matrix.h"

/// How often class r was predicted as class c: (C, C), C the greatest label or prediction plus 1.
/// Throws InputError  a label or prediction is −1; C is above 32768, a table of 8 GiB
shoal::RowMatrix<std::int64_t> confusion(const shoal::kernels::Contingency& table);

#endif  // SHOAL_PLUGINS_METRICS_CLASSIFICATION_CONFUSION_H_
