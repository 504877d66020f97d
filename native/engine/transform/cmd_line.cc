// t:cmdLine: a command line as a shell reads it. Drops " ' \ ^; makes one space of each run of space , ; tab and line ends; drops
// that space before / and (; folds case.

#include "machine.h"

namespace weir {
namespace {

enum class Role : uint8_t { kCopy, kDrop, kSpace, kOpen };

struct Rule {
  Role role = Role::kCopy;
  uint8_t byte = 0;
};

constexpr std::array<Rule, 256> kRules = [] {
  std::array<Rule, 256> rules{};
  for (unsigned n = 0; n < 256; ++n) rules[n].byte = static_cast<uint8_t>(n >= 'A' && n <= 'Z' ? n | 0x20 : n);
  for (const char c : std::string_view("\"'\\^")) rules[static_cast<uint8_t>(c)].role = Role::kDrop;
  for (const char c : std::string_view(" ,;\t\r\n")) rules[static_cast<uint8_t>(c)].role = Role::kSpace;
  for (const char c : std::string_view("/(")) rules[static_cast<uint8_t>(c)].role = Role::kOpen;
  return rules;
}();

constexpr ByteSet kChanging = UnionOf(SetOf("\"'\\^,;\t\r\n"), SetOfRange('A', 'Z'));

class CmdLineMachine {
 public:
  void Write(ByteView input, Bytes& out) {
    Cursor cursor(out, input.size() + 1);
    for (const uint8_t byte : input) {
      const Rule rule = kRules[byte];
      switch (rule.role) {
        case Role::kDrop:
          break;
        case Role::kSpace:
          space_pending_ = true;
          break;
        case Role::kOpen:
          space_pending_ = false;
          cursor.Put(byte);
          break;
        case Role::kCopy:
          if (space_pending_) cursor.Put(' ');
          space_pending_ = false;
          cursor.Put(rule.byte);
          break;
      }
    }
  }
  void End(Bytes& out) {
    if (space_pending_) out.push_back(' ');
    space_pending_ = false;
  }
  // A single space stays; two, or one before a slash, do not. The set of bytes cannot tell them apart.
  static bool Unchanged(const ByteSet& bytes, size_t length) {
    return !bytes.Intersects(kChanging) && (!bytes.Has(' ') || length < 2);
  }

 private:
  bool space_pending_ = false;
};

}  // namespace

extern constinit const TransformKind kCmdLineKind = KindOf<CmdLineMachine>("cmdLine");

}  // namespace weir
