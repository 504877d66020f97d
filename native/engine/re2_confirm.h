// Exact matches by RE2 over bytes (Latin-1): whether a pattern matches, where the first match ends, what its groups captured.
// Memory is bounded; a pattern is compiled when it is first needed for captures.

#ifndef WEIR_ENGINE_RE2_CONFIRM_H_
#define WEIR_ENGINE_RE2_CONFIRM_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

namespace re2 {
class RE2;
}

namespace weir {

using ByteView = std::span<const uint8_t>;

// A group that took no part in the match.
inline constexpr uint32_t kNoGroup = 0xFFFFFFFF;
inline constexpr uint32_t kGroupsMax = 10;

class Re2Pattern {
 public:
  // Compiles nothing until the pattern is first used.
  Re2Pattern(std::string source, bool caseless);
  ~Re2Pattern();
  Re2Pattern(const Re2Pattern&) = delete;
  Re2Pattern& operator=(const Re2Pattern&) = delete;

  // Throws pattern.compile with the library's message.
  void Compile() const;

  // True when some match lies in value[from, to); anchors and word boundaries see the bytes outside.
  bool Matches(ByteView value, size_t from, size_t to) const;
  bool Matches(ByteView value) const { return Matches(value, 0, value.size()); }

  // Smallest end of a match within value[from, to); call only when there is one.
  size_t SmallestEnd(ByteView value, size_t from, size_t to) const;

  // Moves `start` to the leftmost match that begins there or later, and writes its end; false when there is none. Anchors and word
  // boundaries see the bytes before `start`.
  bool FirstFrom(ByteView value, size_t* start, size_t* end) const;

  // Writes (from, to) of group 0…9 of the leftmost match to `groups`; returns the number of groups, 0 = no
  // match.
  uint32_t Groups(ByteView value, std::span<uint32_t> groups) const;

 private:
  const re2::RE2& Compiled() const;

  std::string source_;
  bool caseless_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<re2::RE2> compiled_;
};

}  // namespace weir

#endif  // WEIR_ENGINE_RE2_CONFIRM_H_
