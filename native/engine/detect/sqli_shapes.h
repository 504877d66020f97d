// The shapes that are injections.

#ifndef WEIR_ENGINE_DETECT_SQLI_SHAPES_H_
#define WEIR_ENGINE_DETECT_SQLI_SHAPES_H_

#include <string_view>

namespace weir {

// Where the value is in the query.
enum class SqlContext : unsigned char {
  kPlain,        // where a number or a name is expected
  kQuoted,        // inside of a string that the value ends
  kEmpty,         // the same, and nothing is before the quote: a literal of code begins so, too
  kContraction,   // the same, but the quote stands between letters, as in "it's" and "d'or"
  kQuotation,     // the same, but a space or a bracket stands before the quote: it may begin a quotation
  kAfterComment,  // behind a comment inside of the value
};

// kDead: no letter that may follow makes an injection of it.
enum class ShapeVerdict : unsigned char { kOpen, kDead, kInjection };

// What `shape` (letters of sqli_fold.h) is in `context`. `has_ended`: no more letters will come.
ShapeVerdict JudgeShape(std::string_view shape, SqlContext context, bool has_ended);

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_SQLI_SHAPES_H_
