// Finds the first of a list of phrases in a value, after a hit said that one is there: for captures and log data.

#ifndef WEIR_ENGINE_LITERAL_FINDER_H_
#define WEIR_ENGINE_LITERAL_FINDER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir {

struct FoundLiteral {
  size_t from;
  size_t to;
};

class LiteralFinder {
 public:
  void Add(const std::string& phrase, bool caseless);

  // The phrase that ends first; if several end there, the longest.
  std::optional<FoundLiteral> Find(std::span<const uint8_t> value) const;

 private:
  struct Phrase {
    std::string bytes;  // Case-folded when caseless.
    bool caseless;
  };
  static bool EndsAt(const Phrase& phrase, std::span<const uint8_t> value, size_t end);

  // By last byte, both cases of it when caseless; longest first.
  std::array<std::vector<Phrase>, 256> by_last_byte_;
};

}  // namespace weir

#endif  // WEIR_ENGINE_LITERAL_FINDER_H_
