// The table of transformations, and the functions of transform.h over it.

#include "transform.h"

#include <cassert>

#include "kinds.h"

namespace weir {
namespace {

// Sorted by name; the index is the TransformId. Ids live no longer than a process, so the order is free to change.
constexpr std::array kKinds = {
    &kBase64DecodeKind,
    &kBase64DecodeExtKind,
    &kBase64EncodeKind,
    &kCmdLineKind,
    &kCompressWhitespaceKind,
    &kCssDecodeKind,
    &kEscapeSeqDecodeKind,
    &kHexDecodeKind,
    &kHexEncodeKind,
    &kHtmlEntityDecodeKind,
    &kJsDecodeKind,
    &kLengthKind,
    &kLowercaseKind,
    &kMd5Kind,
    &kNormalizePathKind,
    &kNormalizePathWinKind,
    &kParityEven7bitKind,
    &kParityOdd7bitKind,
    &kParityZero7bitKind,
    &kRemoveCommentsKind,
    &kRemoveCommentsCharKind,
    &kRemoveNullsKind,
    &kRemoveWhitespaceKind,
    &kReplaceCommentsKind,
    &kReplaceNullsKind,
    &kSha1Kind,
    &kSqlHexDecodeKind,
    &kTrimKind,
    &kTrimLeftKind,
    &kTrimRightKind,
    &kUppercaseKind,
    &kUrlDecodeKind,
    &kUrlDecodeUniKind,
    &kUrlEncodeKind,
    &kUtf8toUnicodeKind,
};

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
