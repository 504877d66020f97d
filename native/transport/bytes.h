// The types of bytes: owned and viewed.

#ifndef WEIR_TRANSPORT_BYTES_H_
#define WEIR_TRANSPORT_BYTES_H_

#include <cstdint>
#include <span>
#include <vector>

namespace weir::transport {

using ByteView = std::span<const uint8_t>;
using Bytes = std::vector<uint8_t>;

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_BYTES_H_
