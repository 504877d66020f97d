// SecLang transformations (t:…) over bytes, incremental: the contract, the closed list, and the check by byte set whether a
// transformation can change a value. Knows no pattern and no Node.

#ifndef WEIR_ENGINE_TRANSFORM_TRANSFORM_H_
#define WEIR_ENGINE_TRANSFORM_TRANSFORM_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "byte_set.h"

namespace weir {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

// Index into TransformNames(); JavaScript uses it too.
using TransformId = uint8_t;

// A running transformation of one value. Write() appends to `out` what is certain so far, End() the rest; the concatenation of all
// output does not depend on how the input was cut. State is bounded (a few bytes; normalizePath keeps a window, and WasTruncated()
// tells whether it was too short). Reset() prepares it for another value without freeing memory.
class Transform {
 public:
  virtual ~Transform() = default;
  virtual void Write(ByteView input, Bytes& out) = 0;
  virtual void End(Bytes& out) = 0;
  virtual void Reset() = 0;
  // A copy in the same state, independent from then on.
  virtual std::unique_ptr<Transform> Copy() const = 0;
  // True when the value was longer than the window of a transformation that needs the whole value.
  virtual bool WasTruncated() const { return false; }
  // Bytes of heap and object that this instance holds, for the accounting of streams.
  virtual size_t StateBytes() const = 0;
};

// SecLang names without "t:", canonical spelling; the index is the TransformId. "none" is not in it.
std::span<const std::string_view> TransformNames();

std::unique_ptr<Transform> CreateTransform(TransformId id);

// True when a value of `length` bytes, all of them in `bytes`, stays unchanged. Never true when a change is possible.
bool IsIdentity(TransformId id, const ByteSet& bytes, size_t length);

// The whole value at once: appends the result to `out` (cleared first). Same result as Write + End.
void ApplyTransform(TransformId id, ByteView value, Bytes& out);

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_TRANSFORM_H_
