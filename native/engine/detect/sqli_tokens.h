// Splits SQL text into tokens for all dialects at once: what MySQL, PostgreSQL, SQL Server, Oracle and SQLite would each accept.

#ifndef WEIR_ENGINE_DETECT_SQLI_TOKENS_H_
#define WEIR_ENGINE_DETECT_SQLI_TOKENS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sqli_words.h"

namespace weir {

enum class SqlMark : uint8_t {
  kEnd,
  kWord,
  kNumber,
  kString,      // closed
  kOpenString,  // runs to the end of the value
  kVariable,    // @name, @@name
  kLogical,     // && ||
  kCompare,     // = < > … and :=, which assigns
  kArithmetic,  // + - * / % ^ | & ~ << >>
  kOpen,        // (
  kClose,       // )
  kComma,
  kSemicolon,
  kDot,
  kComment,  // to the end of the value: -- # /*
  kOther,
};

struct SqlToken {
  SqlMark mark = SqlMark::kEnd;
  SqlWord word = SqlWord::kName;
  uint8_t first = 0;     // first byte
  uint32_t from = 0;     // offset in the value
  uint32_t to = 0;       // offset after it
};

// Where the dialects disagree: "#" begins a comment only in MySQL, where "--" needs a space after it.
enum class SqlDialect : uint8_t { kAnsi, kMysql };

class SqlTokenizer {
 public:
  SqlTokenizer(std::span<const uint8_t> value, SqlDialect dialect) : value_(value), dialect_(dialect) {}

  // The next token; at the end always kEnd. Comments that end are white space.
  SqlToken Next();

  // Begins inside of a string: takes it as one token, up to the quote that ends it. False when none does.
  bool SkipQuoted(uint8_t quote);

  size_t at() const { return at_; }
  std::span<const uint8_t> value() const { return value_; }
  // End of the first comment that ended, 0 when there was none.
  size_t first_comment_end() const { return first_comment_end_; }

 private:
  SqlToken Make(SqlMark mark, size_t from) const;
  size_t SpaceAt(size_t at) const;
  size_t EscapedLetterAt(size_t at) const;
  size_t NoiseAt(size_t at) const;
  size_t WordEnd(size_t at) const;
  bool SkipSpace();
  SqlToken Word(size_t from);
  SqlToken Number(size_t from);
  SqlToken Quoted(size_t from, uint8_t quote);
  SqlToken Variable(size_t from);
  SqlToken Operator(size_t from);
  bool TakeJsonOperator(std::string_view rest);
  bool IsLineComment() const;
  // The first such byte in [from, to), else `to`.
  size_t Find(uint8_t byte, size_t from, size_t to) const;
  uint8_t PeekAt(size_t at) const { return at < value_.size() ? value_[at] : 0; }

  std::span<const uint8_t> value_;
  SqlDialect dialect_;
  size_t at_ = 0;
  size_t first_comment_end_ = 0;
  size_t open_escapes_ = 0;
};

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_SQLI_TOKENS_H_
