#include "../../native/engine/transform/transform.h"

#include <algorithm>

#include "fuzz.h"
#include "harness.h"

namespace {

// Limits of the output per byte, and of what a transformation keeps of a value (normalizePath keeps its window).
constexpr size_t kOutputPerByteMax = 6;
constexpr size_t kOutputExtraMax = 64;
constexpr size_t kStateBytesMax = 256 * 1024;

weir::Bytes InPieces(weir::Transform& transform, std::string_view value, std::span<const uint8_t> cuts) {
  weir::Bytes pieces;
  size_t from = 0;
  for (const uint8_t cut : cuts) {
    const size_t to = std::max(from, cut * value.size() / 256);
    const weir_test::Exact piece(value.substr(from, to - from));
    transform.Write(piece.view(), pieces);
    from = to;
  }
  const weir_test::Exact last(value.substr(from));
  transform.Write(last.view(), pieces);
  if (transform.StateBytes() > kStateBytesMax) FuzzFound("a transformation keeps too much");
  transform.End(pieces);
  return pieces;
}

}  // namespace

// The first byte selects the transformation, the next three cut the value, the rest is the value.
void FuzzTransform(std::span<const uint8_t> input) {
  constexpr size_t kCuts = 3;
  if (input.size() < 1 + kCuts) return;
  const auto id = static_cast<weir::TransformId>(input[0] % weir::TransformNames().size());
  const std::string name(weir::TransformNames()[id]);
  const auto cuts = input.subspan(1, kCuts);
  const std::string value(input.begin() + 1 + kCuts, input.end());
  const weir_test::Exact all(value);
  weir::Bytes whole;
  weir::ApplyTransform(id, all.view(), whole);
  if (whole.size() > kOutputPerByteMax * value.size() + kOutputExtraMax) FuzzFound(name + " makes too much");
  const auto transform = weir::CreateTransform(id);
  if (InPieces(*transform, value, cuts) != whole) FuzzFound(name + " depends on the cut");
  transform->Reset();
  if (InPieces(*transform, value, cuts.first(1)) != whole) FuzzFound(name + " differs after Reset()");
  const bool is_same = std::ranges::equal(whole, all.view());
  if (!is_same && weir::IsIdentity(id, weir::ByteSet::Of(all.view()), value.size())) {
    FuzzFound(name + " changes what it says it does not");
  }
}
