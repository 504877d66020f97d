#include "literal_finder.h"

#include <algorithm>

namespace weir {
namespace {

constexpr uint8_t Fold(uint8_t byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<uint8_t>(byte + 32) : byte; }

void InsertLongestFirst(auto& phrases, auto phrase) {
  const auto place = std::upper_bound(phrases.begin(), phrases.end(), phrase.bytes.size(),
                                      [](size_t length, const auto& other) { return length > other.bytes.size(); });
  phrases.insert(place, std::move(phrase));
}

}  // namespace

void LiteralFinder::Add(const std::string& phrase, bool caseless) {
  if (phrase.empty()) return;
  Phrase added{phrase, caseless};
  if (caseless) {
    for (char& c : added.bytes) c = static_cast<char>(Fold(static_cast<uint8_t>(c)));
  }
  const auto last = static_cast<uint8_t>(added.bytes.back());
  if (caseless && last >= 'a' && last <= 'z') InsertLongestFirst(by_last_byte_[last - 32u], added);
  InsertLongestFirst(by_last_byte_[last], std::move(added));
}

bool LiteralFinder::EndsAt(const Phrase& phrase, std::span<const uint8_t> value, size_t end) {
  const size_t length = phrase.bytes.size();
  if (length > end) return false;
  for (size_t n = 0; n < length; ++n) {
    const uint8_t byte = value[end - length + n];
    if ((phrase.caseless ? Fold(byte) : byte) != static_cast<uint8_t>(phrase.bytes[n])) return false;
  }
  return true;
}

std::optional<FoundLiteral> LiteralFinder::Find(std::span<const uint8_t> value) const {
  for (size_t end = 1; end <= value.size(); ++end) {
    for (const Phrase& phrase : by_last_byte_[value[end - 1]]) {
      if (EndsAt(phrase, value, end)) return FoundLiteral{end - phrase.bytes.size(), end};
    }
  }
  return std::nullopt;
}

}  // namespace weir
