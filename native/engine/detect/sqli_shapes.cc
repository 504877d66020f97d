// Weir's own table, built from what an attacker can add at each place in a query, and pruned with prose: a shape that people also
// write must contain more of a query before it counts.

#include "sqli_shapes.h"

#include <array>
#include <bitset>
#include <span>

#include "sqli_fold.h"

namespace weir {
namespace {

// In a pattern: V any value, L a number or a string, M a value that is not a name, Q a value or an open string, P an operator
// between values, $ the end of the value; any other character is a letter of a shape. A pattern matches every shape that begins
// with it.
constexpr std::string_view kPlainPatterns[] = {
    // Conditions that are always true or false, or that only the database can evaluate.
    "1z", "1&1o1", "1&1os", "1&1oq", "1&1of", "1&1oF", "1&1oS", "1&1ov", "1&1on$", "1&1on&", "1&1onc", "1&so", "1&vo",
    "1&fo", "1&noL", "1&nof", "n&LoL", "n&Loq", "s&LoQ", "s&noQ", "f&LoL", "v&LoL", "1&f", "1&F",
    "n&F", "s&F", "f&F", "1&S", "n&S", "s&S", "f&S", "v&S", "1&1c", "1&sc", "1&nc",
    // A second query, by union, as an operand or after a semicolon.
    "VU", "U", "V;E", "V;D", "V;W", "V;F", "V;e", "PS", "1aS", "1oS", "noS", "naS", "soS", "saS", "1,S", "n,S", "1S",
    "sS",
    "S",
    // A call where a value was expected.
    "F$", "F&", "Fc", "Fo", "F;", "Fa", "1aF", "1oF", "1,F", "saF", "s,F", "noF$", "1F", "sF",
    // What follows a condition.
    "1B1", "1B1c", "nB1c", "1BnB", "1Bnc", "1BF", "1BS", "1Bf", "nBS", "nBF", "1H1o", "1HLo", "1Hf", "VI", "VW", "W",
    // Complete statements.
    "EfS", "EV&S", "E1k", "Esk", "Efk", "EFk", "Evk", "EF", "enknwn", "enkw", "E1,", "Ev$", "Dnwnx", "Dnw", "DnoL",
    "Dnof", "Dnon$", "DnoS",
    "Dnc", "Dn;", "D;",
};

constexpr std::string_view kQuotedPatterns[] = {
    // Conditions.
    "s&LoQ", "s&Lon", "s&no1", "s&noQ", "s&vo", "s&fo", "s&f", "s&F", "s&S", "s&1c", "s&sc", "s&nc", "s&fc", "s&q",
    "s&s$",
    "s&Lc", "s&1;", "s&v", "s&1C", "s&s&", "s&1&q", "s&1&s", "s&n&q", "s&ns$",
    // A query, a call, a statement.
    "sU", "sS", "sPS", "saS", "soS", "s,S", "s,F", "sF", "saF", "soF", "s;E", "s;e", "s;D", "s;W", "s;F", "s;c", "sW",
    "sI", "s&1I", "s&sI",
    "s&E", "s&e", "s&1$", "s,V;D", "s,V;W", "s,V;E", "s,V;F", "s,Vc", "s,V;c",
    // Out of the string and back into it: an operator, a value, an operator, the rest of the string.
    "soq", "saq", "saVaq", "saVoq", "soVoq", "soVaq", "saV&q", "s&Vaq", "s&Voq", "s&V&q",
    // The rest of the query is cut off.
    "sc", "so1c", "sa1c", "soLc", "saLc", "sonc", "sanc", "so1&", "soL&", "sa1&1",
    "sB1", "sBnc", "sBnB", "sBnH", "sBf", "sBS", "sH1o", "sHLo", "sHf", "sHno",
};

// The patterns that remain when the quote may be an apostrophe.
constexpr std::string_view kContractionPatterns[] = {
    "s&LoL", "s&Loq", "s&voL", "s&F", "s&S", "s&1c", "s&sc", "sU", "sS", "saS", "soS", "s;E", "s;D", "s;W", "s;F", "s;c", "sW",
    "sF", "saF", "soF", "sc", "sB1c", "sBnc", "sH1o", "so1c", "sa1c", "saq", "soq",
};

// The patterns that remain when the quote may begin a quotation, in prose or code.
constexpr std::string_view kQuotationPatterns[] = {
    "s&LoQ", "s&Lon", "s&no1", "s&noQ", "s&vo", "s&fo", "s&f", "s&F", "s&S", "s&1c", "s&sc", "s&nc", "s&fc", "s&q",
    "s&Lc",
    "s&1;", "s&1&q", "s&1&s", "sU", "sS", "sPS", "saS", "soS", "s,S", "s,F", "saF", "soF", "s;E", "s;D", "s;W", "s;F",
    "s;c",
    "sW", "sI", "s&e", "soq", "saq", "safaq", "savaq", "s&faq", "sc", "so1c", "sa1c", "soLc", "saLc", "sB1", "sBnc",
    "sBnB",
    "sBnH", "sBf", "sBS", "sH1o", "sHLo", "sHf", "sHno",
};

constexpr std::string_view kAfterCommentPatterns[] = {"VU", "U", "1u", "1z", "1&1o1", "1&1os", "1&1oq", "1&1of", "1&1oF", "1&1oS", "1&1ov", "1&1on$", "1&1on&", "1&1onc", "1&so", "n&LoL", "V;E", "V;D", "1&S", "1&F", "E1k", "EF", "Efk"};

constexpr bool IsIn(char letter, std::string_view letters) { return letters.find(letter) != std::string_view::npos; }

bool Accepts(char wanted, char letter) {
  switch (wanted) {
    case 'V':
      return IsIn(letter, "1svnfF");
    case 'L':
      return IsIn(letter, "1s");
    case 'Q':
      return IsIn(letter, "1sqvfFS");
    case 'P':
      return IsIn(letter, "ao&");
    default:
      return wanted == letter;
  }
}

constexpr std::string_view kLetters = "1sqvnfF&oaUuESekwBHDWI,;.cCxz";

constexpr std::array<unsigned char, 128> kLetterIndex = [] {
  std::array<unsigned char, 128> index{};
  for (size_t n = 0; n < kLetters.size(); ++n) index[static_cast<size_t>(kLetters[n])] = static_cast<unsigned char>(n);
  return index;
}();

size_t IndexOf(char letter) { return kLetterIndex[static_cast<size_t>(letter)]; }

// The patterns of a context, all compared at once: bit n of each set is pattern n.
class ShapeTable {
 public:
  explicit ShapeTable(std::span<const std::string_view> patterns) {
    for (size_t n = 0; n < patterns.size(); ++n) {
      std::string_view pattern = patterns[n];
      const bool is_anchored = pattern.back() == '$';
      if (is_anchored) pattern.remove_suffix(1);
      (is_anchored ? anchored_ : whole_)[pattern.size()].set(n);
      for (size_t at = 0; at < kShapeLettersMax; ++at) {
        for (size_t letter = 0; letter < kLetters.size(); ++letter) {
          const bool accepts = at < pattern.size() ? Accepts(pattern[at], kLetters[letter]) : !is_anchored;
          accepting_[at][letter].set(n, accepts);
        }
      }
      all_.set(n);
    }
  }

  ShapeVerdict Judge(std::string_view shape, bool has_ended) const {
    Set active = all_;
    // The last two letters may change when a value or a name follows; those before them do not.
    bool is_dead = false;
    for (size_t at = 0; at < shape.size(); ++at) {
      active &= accepting_[at][IndexOf(shape[at])];
      if ((active & whole_[at + 1]).any()) return ShapeVerdict::kInjection;
      is_dead |= at + 2 < shape.size() && active.none();
    }
    if (has_ended && (active & anchored_[shape.size()]).any()) return ShapeVerdict::kInjection;
    return is_dead ? ShapeVerdict::kDead : ShapeVerdict::kOpen;
  }

 private:
  static constexpr size_t kPatternsMax = 128;
  using Set = std::bitset<kPatternsMax>;

  std::array<std::array<Set, kLetters.size()>, kShapeLettersMax> accepting_;
  std::array<Set, kShapeLettersMax + 1> whole_;     // by length: patterns that this many letters complete
  std::array<Set, kShapeLettersMax + 1> anchored_;  // the same, when the value ends there
  Set all_;
};

template <size_t kCount>
constexpr bool Fit(const std::string_view (&patterns)[kCount]) {
  if (kCount > 128) return false;
  for (const std::string_view pattern : patterns) {
    if (pattern.size() - (pattern.back() == '$' ? 1 : 0) > kShapeLettersMax) return false;
  }
  return true;
}

static_assert(Fit(kPlainPatterns) && Fit(kQuotedPatterns) && Fit(kContractionPatterns) && Fit(kQuotationPatterns) &&
              Fit(kAfterCommentPatterns));

const ShapeTable& TableOf(SqlContext context) {
  static const std::array<ShapeTable, 6> tables = {ShapeTable(kPlainPatterns), ShapeTable(kQuotedPatterns),
                                                   ShapeTable(kQuotedPatterns),
                                                                                                     ShapeTable(kContractionPatterns), ShapeTable(kQuotationPatterns),
                                                   ShapeTable(kAfterCommentPatterns)};
  return tables[static_cast<size_t>(context)];
}

}  // namespace

ShapeVerdict JudgeShape(std::string_view shape, SqlContext context, bool has_ended) {
  return TableOf(context).Judge(shape, has_ended);
}

}  // namespace weir
