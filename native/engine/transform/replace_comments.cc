// t:replaceComments: each C comment becomes one space, even if it has no end. Comments do not nest.

#include "find_byte.h"
#include "machine.h"

namespace weir {
namespace {

class ReplaceCommentsMachine {
 public:
  void Write(ByteView input, Bytes& out) {
    Cursor cursor(out, input.size() + 1);
    const uint8_t* at = input.data();
    const uint8_t* const end = at + input.size();
    while (at != end) at = in_comment_ ? SkipComment(at, end, cursor) : CopyText(at, end, cursor);
  }
  void End(Bytes& out) {
    if (in_comment_) {
      out.push_back(' ');
    } else if (mark_pending_) {
      out.push_back('/');
    }
    in_comment_ = mark_pending_ = false;
  }
  static bool Unchanged(const ByteSet& bytes, size_t) { return !(bytes.Has('/') && bytes.Has('*')); }

 private:
  // `mark_pending_`: the previous byte was the first of a two-byte delimiter, '/' outside of a comment, '*' inside.
  const uint8_t* CopyText(const uint8_t* at, const uint8_t* end, Cursor& cursor) {
    if (mark_pending_) {
      mark_pending_ = false;
      if (*at == '*') {
        in_comment_ = true;
        return at + 1;
      }
      cursor.Put('/');
    }
    const uint8_t* const slash = FindByte(at, end, '/');
    cursor.Copy(at, slash);
    if (slash == end) return end;
    mark_pending_ = true;
    return slash + 1;
  }

  const uint8_t* SkipComment(const uint8_t* at, const uint8_t* end, Cursor& cursor) {
    if (mark_pending_) {
      mark_pending_ = false;
      if (*at == '/') {
        in_comment_ = false;
        cursor.Put(' ');
        return at + 1;
      }
    }
    const uint8_t* const star = FindByte(at, end, '*');
    if (star == end) return end;
    mark_pending_ = true;
    return star + 1;
  }

  bool in_comment_ = false;
  bool mark_pending_ = false;
};

}  // namespace

extern constinit const TransformKind kReplaceCommentsKind = KindOf<ReplaceCommentsMachine>("replaceComments");

}  // namespace weir
