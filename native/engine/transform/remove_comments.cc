// t:removeComments: drops /* … */ and <!-- … --> (either end closes either comment), and everything from -- or # on; a comment
// without an end becomes one space. As ModSecurity v3, with one exception: v3 copies the byte after a comment unchecked, so that a
// second comment directly after the first stays; here it is removed.

#include <algorithm>

#include "machine.h"

namespace weir {
namespace {

// Whether the bytes at `at` are a delimiter: all of it, its beginning up to the end of the input, or not.
enum class Agreement : uint8_t { kNone, kBeginning, kWhole };

Agreement Compare(const uint8_t* at, size_t length, std::string_view mark) {
  for (size_t n = 0; n < mark.size(); ++n) {
    if (n == length) return Agreement::kBeginning;
    if (at[n] != static_cast<uint8_t>(mark[n])) return Agreement::kNone;
  }
  return Agreement::kWhole;
}

class RemoveCommentsMachine {
 public:
  void Write(ByteView input, Bytes& out) {
    Cursor cursor(out, input.size() + held_.size());
    for (const uint8_t byte : input) {
      if (state_ == State::kCut) return;
      held_[held_length_++] = byte;
      Process(false, cursor);
    }
  }
  void End(Bytes& out) {
    Cursor cursor(out, held_.size() + 1);
    Process(true, cursor);
    if (state_ == State::kComment) cursor.Put(' ');
    *this = RemoveCommentsMachine{};
  }
  static bool Unchanged(const ByteSet& bytes, size_t) {
    return !bytes.Has('#') && !bytes.Has('-') && !(bytes.Has('/') && bytes.Has('*'));
  }

 private:
  enum class State : uint8_t { kText, kComment, kCut };

  // Processes as many of the held bytes as can be decided.
  void Process(bool last, Cursor& cursor) {
    while (held_length_ > 0 && state_ != State::kCut) {
      const size_t taken = state_ == State::kText ? StepText(last, cursor) : StepComment(last);
      if (taken == 0) return;
      held_length_ = static_cast<uint8_t>(held_length_ - taken);
      std::copy(held_.begin() + taken, held_.begin() + taken + held_length_, held_.begin());
    }
  }

  size_t StepText(bool last, Cursor& cursor) {
    static constexpr std::string_view kOpening[] = {"/*", "<!--"};
    static constexpr std::string_view kCutting[] = {"--", "#"};
    for (const std::string_view mark : kOpening) {
      const Agreement agreement = Compare(held_.data(), held_length_, mark);
      if (agreement == Agreement::kBeginning && !last) return 0;
      if (agreement != Agreement::kWhole) continue;
      state_ = State::kComment;
      return mark.size();
    }
    for (const std::string_view mark : kCutting) {
      const Agreement agreement = Compare(held_.data(), held_length_, mark);
      if (agreement == Agreement::kBeginning && !last) return 0;
      if (agreement != Agreement::kWhole) continue;
      state_ = State::kCut;
      return mark.size();
    }
    cursor.Put(held_[0]);
    return 1;
  }

  size_t StepComment(bool last) {
    static constexpr std::string_view kClosing[] = {"*/", "-->"};
    for (const std::string_view mark : kClosing) {
      const Agreement agreement = Compare(held_.data(), held_length_, mark);
      if (agreement == Agreement::kBeginning && !last) return 0;
      if (agreement != Agreement::kWhole) continue;
      state_ = State::kText;
      return mark.size();
    }
    return 1;
  }

  std::array<uint8_t, 4> held_{};  // as long as the longest delimiter
  uint8_t held_length_ = 0;
  State state_ = State::kText;
};

}  // namespace

extern constinit const TransformKind kRemoveCommentsKind = KindOf<RemoveCommentsMachine>("removeComments");

}  // namespace weir
