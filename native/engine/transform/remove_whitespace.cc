// t:removeWhitespace: drops isspace() bytes, 0xA0 and 0xC2, as ModSecurity v3: the two bytes
// are the no-break space, in Latin-1 and in UTF-8. Coraza drops Unicode white space instead.

#include "byte_map.h"
#include "machine.h"

namespace weir {
namespace {

struct RemoveWhitespaceFilter {
  static constexpr ByteSet kDropped = UnionOf(SetOf(kSpaces), SetOf("\xA0\xC2"));
};

}  // namespace

extern constinit const TransformKind kRemoveWhitespaceKind = KindOf<ByteFilterMachine<RemoveWhitespaceFilter>>("removeWhitespace");

}  // namespace weir
