// The shapes that are injections.

#ifndef WEIR_ENGINE_DETECT_SQLI_SHAPES_H_
#define WEIR_ENGINE_DETECT_SQLI_SHAPES_H_

#include <string_view>

namespace weir {

// Where the value is in the query.
enum class SqlContext : unsigned char {
  kPlain,        // where a number or a name is expected
  kQuoted,        // inside of a string that the value ends
  kEmpty,         // the same, with nothing before the quote: a literal in code also begins like this
  kContraction,   // the same, but the quote is between letters, as in "it's" and "d'or"
  kQuotation,     // the same, but a space or a bracket is before the quote, which may begin a quotation
  kAfterComment,  // after a comment in the value
};

// kDead: no further letter can make it an injection.
enum class ShapeVerdict : unsigned char { kOpen, kDead, kInjection };

// Judges `shape` (letters of sqli_fold.h) in `context`. `has_ended`: no more letters will come.
ShapeVerdict JudgeShape(std::string_view shape, SqlContext context, bool has_ended);

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_SQLI_SHAPES_H_
