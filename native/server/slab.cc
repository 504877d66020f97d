#include "slab.h"

#include <cstring>

namespace weir::server {

Slab::Place Slab::Put(Napi::Env env, transport::ByteView bytes) {
  if (bytes.empty()) return {env.Undefined(), 0};
  if (bytes.size() > kSlabBytes / 2) return {Napi::Buffer<uint8_t>::Copy(env, bytes.data(), bytes.size()), 0};
  if (kSlabBytes - used_ < bytes.size()) {
    const auto fresh = Napi::Buffer<uint8_t>::New(env, kSlabBytes);
    data_ = fresh.Data();
    used_ = 0;
    buffer_ = Napi::Persistent(fresh);
  }
  const auto offset = static_cast<uint32_t>(used_);
  std::memcpy(data_ + used_, bytes.data(), bytes.size());
  used_ += bytes.size();
  return {buffer_.Value(), offset};
}

}  // namespace weir::server
