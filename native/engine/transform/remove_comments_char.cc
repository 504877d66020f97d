// t:removeCommentsChar: drops the delimiters of comments and keeps what is between them: /* */ <!-- --> -- #.

#include "escape_machine.h"
#include "machine.h"

namespace weir {
namespace {

struct RemoveCommentsCharGrammar {
  static constexpr ByteSet kTriggers = SetOf("/*<-#");
  static constexpr size_t kLongest = 4;
  static constexpr size_t kGrowth = 1;
  static constexpr std::array<bool, 256> kIsTrigger = TableOf(kTriggers);

  static const uint8_t* Find(const uint8_t* at, const uint8_t* end) {
    while (at != end && !kIsTrigger[*at]) ++at;
    return at;
  }

  static size_t Step(const uint8_t* at, size_t length, bool last, uint8_t*& out) {
    // Longest first: "-->" before "--".
    static constexpr std::string_view kMarks[] = {"<!--", "-->", "--", "/*", "*/", "#"};
    for (const std::string_view mark : kMarks) {
      size_t n = 0;
      while (n < mark.size() && n < length && at[n] == static_cast<uint8_t>(mark[n])) ++n;
      if (n == mark.size()) return n;
      if (n == length && !last) return 0;
    }
    *out++ = *at;
    return 1;
  }
};

struct RemoveCommentsCharMachine : EscapeMachine<RemoveCommentsCharGrammar> {
  static bool Unchanged(const ByteSet& bytes, size_t) {
    return !bytes.Has('#') && !bytes.Has('-') && !(bytes.Has('/') && bytes.Has('*'));
  }
};

}  // namespace

extern constinit const TransformKind kRemoveCommentsCharKind = KindOf<RemoveCommentsCharMachine>("removeCommentsChar");

}  // namespace weir
