#include "re2_confirm.h"

#include <re2/re2.h>
#include <re2/stringpiece.h>

#include <algorithm>
#include <array>
#include <utility>

#include "error.h"

namespace weir {
namespace {

// Memory for the program and the automaton cache of one pattern. When the automaton outgrows it, RE2 rebuilds the cache, and falls
// back to its slower matcher without a cache when that happens too often: slower, never wrong.
constexpr int64_t kMemoryBytesMax = 8 << 20;

re2::StringPiece Text(ByteView value) {
  return re2::StringPiece(value.empty() ? "" : reinterpret_cast<const char*>(value.data()), value.size());
}

std::unique_ptr<re2::RE2> CompileRe2(const std::string& source, bool caseless) {
  re2::RE2::Options options;
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_case_sensitive(!caseless);
  options.set_dot_nl(true);
  options.set_log_errors(false);
  options.set_max_mem(kMemoryBytesMax);
  auto compiled = std::make_unique<re2::RE2>(source, options);
  if (!compiled->ok()) throw EngineError(error_code::kPattern, compiled->error());
  return compiled;
}

}  // namespace

Re2Pattern::Re2Pattern(std::string source, bool caseless) : source_(std::move(source)), caseless_(caseless) {}
Re2Pattern::~Re2Pattern() = default;

const re2::RE2& Re2Pattern::Compiled() const {
  std::call_once(once_, [this] { compiled_ = CompileRe2(source_, caseless_); });
  return *compiled_;
}

void Re2Pattern::Compile() const { Compiled(); }

bool Re2Pattern::Matches(ByteView value, size_t from, size_t to) const {
  return Compiled().Match(Text(value), from, to, re2::RE2::UNANCHORED, nullptr, 0);
}

size_t Re2Pattern::SmallestEnd(ByteView value, size_t from, size_t to) const {
  // "Some match ends at or before x" is monotone in x, so bisect. Costs log2(to - from) searches, and only after a hit.
  size_t low = from;
  size_t high = to;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (Matches(value, from, middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

bool Re2Pattern::FirstFrom(ByteView value, size_t* start, size_t* end) const {
  const re2::StringPiece text = Text(value);
  re2::StringPiece found;
  if (!Compiled().Match(text, *start, text.size(), re2::RE2::UNANCHORED, &found, 1)) return false;
  *start = static_cast<size_t>(found.data() - text.data());
  *end = *start + found.size();
  return true;
}

uint32_t Re2Pattern::Groups(ByteView value, std::span<uint32_t> groups) const {
  const re2::RE2& pattern = Compiled();
  const uint32_t available = static_cast<uint32_t>(pattern.NumberOfCapturingGroups()) + 1;
  const uint32_t count = std::min({available, kGroupsMax, static_cast<uint32_t>(groups.size() / 2)});
  std::array<re2::StringPiece, kGroupsMax> found;
  const re2::StringPiece text = Text(value);
  if (!pattern.Match(text, 0, text.size(), re2::RE2::UNANCHORED, found.data(), static_cast<int>(count))) return 0;
  for (uint32_t n = 0; n < count; ++n) {
    const bool took_part = found[n].data() != nullptr;
    const auto from = took_part ? static_cast<uint32_t>(found[n].data() - text.data()) : kNoGroup;
    groups[2 * n] = from;
    groups[2 * n + 1] = took_part ? from + static_cast<uint32_t>(found[n].size()) : kNoGroup;
  }
  return count;
}

}  // namespace weir
