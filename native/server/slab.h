// The memory of messages passed to JavaScript: small ones one after the other in a buffer that lives as long as it is referenced
// and is never overwritten.

#ifndef WEIR_SERVER_SLAB_H_
#define WEIR_SERVER_SLAB_H_

#include <napi.h>

#include "../transport/bytes.h"

namespace weir::server {

class Slab {
 public:
  struct Place {
    Napi::Value buffer;
    uint32_t offset;
  };

  // Copies the bytes into the current buffer, or into a buffer of their own if they are many.
  Place Put(Napi::Env env, transport::ByteView bytes);

 private:
  static constexpr size_t kSlabBytes = 64 * 1024;

  Napi::Reference<Napi::Buffer<uint8_t>> buffer_;
  uint8_t* data_ = nullptr;
  size_t used_ = kSlabBytes;
};

}  // namespace weir::server

#endif  // WEIR_SERVER_SLAB_H_
