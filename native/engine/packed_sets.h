// What pattern sets are made of, as bytes: kept from one run for the next, and read in any thread without JavaScript.

#ifndef WEIR_ENGINE_PACKED_SETS_H_
#define WEIR_ENGINE_PACKED_SETS_H_

#include <string>
#include <string_view>
#include <vector>

#include "pattern_set.h"

namespace weir {

std::string PackSets(const std::vector<SetSource>& sources);

// Throws native.argument for bytes that `PackSets` did not make. Patterns are checked when sets are made of them.
std::vector<SetSource> UnpackSets(std::string_view bytes);

}  // namespace weir

#endif  // WEIR_ENGINE_PACKED_SETS_H_
