// Finds a value that is one condition from its first byte to its last, such as "1 or not 0". Folding to shapes drops what
// distinguishes it from "1 or 2": a negation, parentheses, a cast. Prose does not get far here: two adjacent words end the reading.

#ifndef WEIR_ENGINE_DETECT_SQLI_CONDITION_H_
#define WEIR_ENGINE_DETECT_SQLI_CONDITION_H_

#include <array>
#include <string_view>

#include "sqli_tokens.h"

namespace weir {

class SqlCondition {
 public:
  SqlCondition(std::span<const uint8_t> value, SqlDialect dialect) : tokenizer_(value, dialect) {}

  // Reads the value to its end; true when all of it is a condition, and one that occurs only in queries.
  bool Find();

 private:
  // Limits: tokens looked at in advance; parentheses and signs before one operand.
  static constexpr size_t kAheadMax = 3;
  static constexpr size_t kPrefixesMax = 16;

  // kNothing: nothing was read, or what was read is not an operand.
  enum class Operand : uint8_t { kNothing, kNumber, kString, kLiteral, kVariable, kCall, kName };
  enum class Step : uint8_t { kOperator, kPostfix, kEnd, kNoCondition };

  // What distinguishes a condition from numbers with an "or" between them, as bits.
  enum Mark : uint32_t {
    kNegated = 1U << 0,     // or not 0, or !0, or ~1
    kSigned = 1U << 1,      // or -1
    kNested = 1U << 2,      // or ((1))
    kAttached = 1U << 3,    // or(1)
    kReopened = 1U << 4,    // 1) or (1
    kExclusive = 1U << 5,   // xor 1
    kCalculated = 1U << 6,  // or 1 div 1, or 1|1: but not a sum, fraction or range, which people write
    kCast = 1U << 7,        // or 1::int, or binary 1, or 'a' collate x
    kTested = 1U << 8,      // or 1 isnull
    kEvaluated = 1U << 9,   // or @@version, | version()
    kCommented = 1U << 10,  // 1/**/or/**/1
    kCut = 1U << 11,        // or 1;--
    kContinued = 1U << 12,  // or 1 limit 1
    kTautology = 1U << 13,  // 1=1 or …
  };

  const SqlToken& Peek(size_t n);
  SqlToken Take();
  bool TakeWord(SqlWord word);
  bool IsWord(size_t n, SqlWord word) { return Peek(n).mark == SqlMark::kWord && Peek(n).word == word; }
  bool Reads(const SqlToken& token, std::string_view text) const;
  std::string_view TextOf(const SqlToken& token) const;

  bool ReadOperand();
  uint32_t ReadPrefixes();
  Operand ReadValue(const SqlToken& token);
  Operand ReadVariable(const SqlToken& token);
  Operand ReadWord(const SqlToken& token);
  Operand ReadCall(const SqlToken& name);
  uint32_t CountedPrefixes(uint32_t marks, Operand operand) const;
  void NoteEvaluated(Operand operand);
  void NoteComparison(const SqlToken& operand, Operand kind);

  Step ReadOperator();
  Step ReadMark(const SqlToken& token);
  Step ReadWordOperator(const SqlToken& token);
  Step ReadComparison(const SqlToken& word);
  Step ReadClause(const SqlToken& word);
  Step ReadPostfix(const SqlToken& word);
  Step ReadLogical(const SqlToken& token);
  Step ReadEnd(const SqlToken& token);

  bool IsInjection() const;
  uint32_t DistinctiveMarks() const;
  bool HasComment() const;
  bool IsBare(const SqlToken& comment) const;

  SqlTokenizer tokenizer_;
  std::array<SqlToken, kAheadMax> ahead_;
  size_t ahead_count_ = 0;
  uint32_t marks_ = 0;
  size_t logical_count_ = 0;
  int depth_ = 0;
  int depth_min_ = 0;
  Operand first_ = Operand::kNothing;
  Operand last_ = Operand::kNothing;
  SqlToken last_token_;
  SqlToken compared_;              // the operand before an "="; kEnd if there is none
  uint32_t attached_at_ = 0;       // end of the word that a parenthesis may be attached to; 0 if there is none
  bool is_first_signed_ = false;
  bool is_choice_ = false;         // the last logical operator was not "and"
  bool is_range_ = false;          // after "between", before its "and"
  bool in_clause_ = false;         // the next operand belongs to a clause after the condition
  bool has_name_ = false;
  bool has_comparison_ = false;
  bool has_bits_ = false;          // has a bitwise operator
};

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_SQLI_CONDITION_H_
