// The kinds of all transformations; each is defined in the file of its name.

#ifndef WEIR_ENGINE_TRANSFORM_KINDS_H_
#define WEIR_ENGINE_TRANSFORM_KINDS_H_

#include "machine.h"

namespace weir {

extern const TransformKind kBase64DecodeKind;
extern const TransformKind kBase64DecodeExtKind;
extern const TransformKind kBase64EncodeKind;
extern const TransformKind kCmdLineKind;
extern const TransformKind kCompressWhitespaceKind;
extern const TransformKind kCssDecodeKind;
extern const TransformKind kEscapeSeqDecodeKind;
extern const TransformKind kHexDecodeKind;
extern const TransformKind kHexEncodeKind;
extern const TransformKind kHtmlEntityDecodeKind;
extern const TransformKind kJsDecodeKind;
extern const TransformKind kLengthKind;
extern const TransformKind kLowercaseKind;
extern const TransformKind kMd5Kind;
extern const TransformKind kNormalizePathKind;
extern const TransformKind kNormalizePathWinKind;
extern const TransformKind kParityEven7bitKind;
extern const TransformKind kParityOdd7bitKind;
extern const TransformKind kParityZero7bitKind;
extern const TransformKind kRemoveCommentsKind;
extern const TransformKind kRemoveCommentsCharKind;
extern const TransformKind kRemoveNullsKind;
extern const TransformKind kRemoveWhitespaceKind;
extern const TransformKind kReplaceCommentsKind;
extern const TransformKind kReplaceNullsKind;
extern const TransformKind kSha1Kind;
extern const TransformKind kSqlHexDecodeKind;
extern const TransformKind kTrimKind;
extern const TransformKind kTrimLeftKind;
extern const TransformKind kTrimRightKind;
extern const TransformKind kUppercaseKind;
extern const TransformKind kUrlDecodeKind;
extern const TransformKind kUrlDecodeUniKind;
extern const TransformKind kUrlEncodeKind;
extern const TransformKind kUtf8toUnicodeKind;

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_KINDS_H_
