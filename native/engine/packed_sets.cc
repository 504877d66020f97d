#include "packed_sets.h"

#include <cstdint>
#include <cstring>

#include "error.h"

namespace weir {
namespace {

// Numbers are as this machine has them: what is packed is read where it was made.
class Writer {
 public:
  template <typename Number>
  void Put(Number number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  void PutText(std::string_view text) {
    Put(static_cast<uint32_t>(text.size()));
    bytes_ += text;
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <typename Number>
  Number Get() {
    Number number;
    std::memcpy(&number, Bytes(sizeof number).data(), sizeof number);
    return number;
  }
  // An element of an enumeration whose last one is `last`.
  template <typename Enum>
  Enum GetOneOf(Enum last) {
    const auto value = Get<uint8_t>();
    if (value > static_cast<uint8_t>(last)) Fail();
    return static_cast<Enum>(value);
  }
  std::string GetText() { return std::string(Bytes(Get<uint32_t>())); }
  // How many elements follow, of so many bytes at least: never more than there is room for.
  uint32_t GetCount(size_t bytes_each) {
    const auto count = Get<uint32_t>();
    if (count > rest_.size() / bytes_each) Fail();
    return count;
  }
  void AssertEnd() const {
    if (!rest_.empty()) Fail();
  }

 private:
  [[noreturn]] static void Fail() {
    throw EngineError(error_code::kArgument, "these are not the sources of pattern sets");
  }
  std::string_view Bytes(size_t count) {
    if (count > rest_.size()) Fail();
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }

  std::string_view rest_;
};

// A set's use and number of patterns; a pattern's fields without texts.
constexpr size_t kSetBytesMin = 1 + 4;
constexpr size_t kPatternBytesMin = 4 + 1 + 1 + 1 + 4 + 4 * 4;

void PutPattern(Writer& out, const Pattern& pattern) {
  out.Put(pattern.id);
  out.Put(static_cast<uint8_t>(pattern.engine));
  out.Put(static_cast<uint8_t>(pattern.kind));
  out.Put(static_cast<uint8_t>(pattern.caseless));
  out.Put(pattern.longest_match_bytes);
  for (const std::string* text : {&pattern.source, &pattern.re2_source, &pattern.plain_source}) out.PutText(*text);
  out.Put(static_cast<uint32_t>(pattern.required.size()));
  for (const ByteSet& set : pattern.required) out.Put(set.words);
}

Pattern GetPattern(Reader& in) {
  Pattern pattern;
  pattern.id = in.Get<uint32_t>();
  pattern.engine = in.GetOneOf(PatternEngine::kDetector);
  pattern.kind = in.GetOneOf(PatternKind::kLiteral);
  pattern.caseless = in.Get<uint8_t>() != 0;
  pattern.longest_match_bytes = in.Get<uint32_t>();
  for (std::string* text : {&pattern.source, &pattern.re2_source, &pattern.plain_source}) *text = in.GetText();
  pattern.required.resize(in.GetCount(sizeof(ByteSet)));
  for (ByteSet& set : pattern.required) set.words = in.Get<decltype(set.words)>();
  return pattern;
}

}  // namespace

std::string PackSets(const std::vector<SetSource>& sources) {
  Writer out;
  out.Put(static_cast<uint32_t>(sources.size()));
  for (const SetSource& source : sources) {
    out.Put(static_cast<uint8_t>(source.use));
    out.Put(static_cast<uint32_t>(source.patterns.size()));
    for (const Pattern& pattern : source.patterns) PutPattern(out, pattern);
  }
  return out.Take();
}

std::vector<SetSource> UnpackSets(std::string_view bytes) {
  Reader in(bytes);
  std::vector<SetSource> sources(in.GetCount(kSetBytesMin));
  for (SetSource& source : sources) {
    source.use = in.GetOneOf(SetUse::kMerged);
    const uint32_t count = in.GetCount(kPatternBytesMin);
    source.patterns.reserve(count);
    for (uint32_t n = 0; n < count; ++n) source.patterns.push_back(GetPattern(in));
  }
  in.AssertEnd();
  return sources;
}

}  // namespace weir
