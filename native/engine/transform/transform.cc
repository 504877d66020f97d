// The table of transformations, and the functions of transform.h over it.

#include "transform.h"

#include <cassert>

#include "machine.h"

// One row per transformation, sorted by name: the name of the TransformKind that its file defines, without `k` and `Kind`. The
// index is the TransformId. Ids live no longer than the process, so the order may change.
#define WEIR_TRANSFORMS(row) \
  row(Base64Decode) \
  row(Base64DecodeExt) \
  row(Base64Encode) \
  row(CmdLine) \
  row(CompressWhitespace) \
  row(CssDecode) \
  row(EscapeSeqDecode) \
  row(HexDecode) \
  row(HexEncode) \
  row(HtmlEntityDecode) \
  row(JsDecode) \
  row(Length) \
  row(Lowercase) \
  row(Md5) \
  row(NormalizePath) \
  row(NormalizePathWin) \
  row(ParityEven7bit) \
  row(ParityOdd7bit) \
  row(ParityZero7bit) \
  row(RemoveComments) \
  row(RemoveCommentsChar) \
  row(RemoveNulls) \
  row(RemoveWhitespace) \
  row(ReplaceComments) \
  row(ReplaceNulls) \
  row(Sha1) \
  row(SqlHexDecode) \
  row(Trim) \
  row(TrimLeft) \
  row(TrimRight) \
  row(Uppercase) \
  row(UrlDecode) \
  row(UrlDecodeUni) \
  row(UrlEncode) \
  row(Utf8toUnicode)

namespace weir {

#define WEIR_DECLARE(name) extern const TransformKind k##name##Kind;
WEIR_TRANSFORMS(WEIR_DECLARE)
#undef WEIR_DECLARE

namespace {

#define WEIR_ADDRESS(name) &k##name##Kind,
constexpr std::array kKinds = {WEIR_TRANSFORMS(WEIR_ADDRESS)};
#undef WEIR_ADDRESS

const TransformKind& KindAt(TransformId id) {
  assert(id < kKinds.size() && "the binding checks ids before they reach the engine");
  return *kKinds[id];
}

}  // namespace

std::span<const std::string_view> TransformNames() {
  static const auto names = [] {
    std::array<std::string_view, kKinds.size()> result;
    for (size_t n = 0; n < kKinds.size(); ++n) result[n] = kKinds[n]->name;
    return result;
  }();
  return names;
}

std::unique_ptr<Transform> CreateTransform(TransformId id) { return KindAt(id).create(); }

bool IsIdentity(TransformId id, const ByteSet& bytes, size_t length) { return KindAt(id).is_identity(bytes, length); }

void ApplyTransform(TransformId id, ByteView value, Bytes& out) {
  out.clear();
  KindAt(id).apply(value, out);
}

}  // namespace weir
