// An immutable set of patterns, shared by all threads: Hyperscan databases for whole values and for streams,
// the patterns that only RE2 matches, and what finds captures after a hit.

#ifndef WEIR_ENGINE_PATTERN_SET_H_
#define WEIR_ENGINE_PATTERN_SET_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "detect/detector.h"
#include "hit.h"
#include "hyperscan.h"
#include "literal_finder.h"
#include "pattern.h"
#include "re2_confirm.h"
#include "tiered_database.h"

namespace weir {

struct PatternSetReport {
  size_t pattern_count = 0;
  size_t re2_pattern_count = 0;
  size_t database_bytes = 0;
  size_t stream_bytes = 0;
  bool from_cache = false;
  double compile_ms = 0;
};

// What a set is scanned for.
enum class SetUse : uint8_t {
  // Whole values and streams, each with a database of its own.
  kAny,
  // Whole values only.
  kBlock,
  // Streams; whole values are scanned as streams too: half the compilation, a little slower.
  kStream,
  // Whole values only, for several chains at once: split into tiers. Of the patterns that RE2 matches, those with a plain source
  // that Hyperscan accepts take part with it; the others are left out.
  kMerged,
};

// What a set is made of.
struct SetSource {
  std::vector<Pattern> patterns;
  SetUse use = SetUse::kAny;
};

// A pattern that only RE2 matches.
struct Re2Only {
  uint32_t id;
  std::shared_ptr<const Re2Pattern> pattern;
  std::vector<ByteSet> required;
  uint32_t longest_match_bytes;
};

// A detector that reports hits like a pattern.
struct DetectorPattern {
  uint32_t id;
  Detector detector;
};

class PatternSet {
 public:
  // Throws pattern.compile naming the pattern's index; `cache_folder` empty = no cache.
  static std::shared_ptr<const PatternSet> Compile(const std::vector<Pattern>& patterns,
                                                   const std::string& cache_folder, SetUse use = SetUse::kAny);
  // The same for several sets at once, on all cores, from the cache alone: null for a set whose databases are not all there.
  static std::vector<std::shared_ptr<const PatternSet>> Load(const std::vector<SetSource>& sources,
                                                             const std::string& cache_folder);

  // The pattern of an expression in the databases. Expressions are numbered by their position in the set, so databases do not
  // depend on the patterns' ids. Expressions never share a number: compiling such a database takes seconds longer.
  uint32_t PatternOf(uint32_t expression) const { return expression_patterns_[expression]; }

  // Reports Hyperscan's matches in a whole value to `sink`, by expression. `bytes` is the value's byte set.
  void ScanHyperscan(ByteView value, const ByteSet& bytes, HsMatchSink sink, void* context) const;

  // False when RE2 or a detector matches every pattern.
  bool has_expressions() const { return has_expressions_; }
  // Tells which values no Hyperscan pattern can match.
  const TierGate& gate() const { return gate_; }

  SetUse use() const { return use_; }
  // Null when the set has no Hyperscan patterns, and in sets that are not for streams.
  const HsDatabase* stream_database() const { return stream_.get(); }
  bool CanStream() const { return use_ == SetUse::kAny || use_ == SetUse::kStream; }
  const std::vector<Re2Only>& re2_patterns() const { return re2_only_; }
  const std::vector<DetectorPattern>& detectors() const { return detectors_; }
  // True when a merged set finds this RE2 pattern in every plain value that it matches.
  bool FindsInPlainValues(uint32_t id) const { return plain_ids_.contains(id); }
  const PatternSetReport& report() const { return report_; }
  uint32_t pattern_id_end() const { return pattern_id_end_; }
  // Each id once.
  const std::vector<uint32_t>& pattern_ids() const { return pattern_ids_; }

  // As Re2Pattern::Groups, for the pattern `id`. Throws native.argument when the set has no such pattern, or nothing that could
  // locate its match.
  uint32_t Groups(uint32_t id, ByteView value, std::span<uint32_t> groups) const;

 private:
  PatternSet() = default;
  static std::shared_ptr<const PatternSet> Make(const std::vector<Pattern>& patterns, const std::string& cache_folder,
                                                SetUse use, bool may_compile);
  // False when a database is not in the cache and may not be compiled.
  bool MakeDatabases(const std::vector<Pattern>& patterns, const std::string& cache_folder, bool may_compile);
  void AddLocators(const std::vector<Pattern>& patterns);

  SetUse use_ = SetUse::kAny;
  // Empty when whole values are scanned as streams.
  std::vector<Tier> tiers_;
  std::shared_ptr<const HsDatabase> stream_;
  bool has_expressions_ = false;
  // The gate of all expressions; open in sets that are split into tiers.
  TierGate gate_;
  std::unordered_set<uint32_t> plain_ids_;
  // Pattern ids by expression.
  std::vector<uint32_t> expression_patterns_;
  std::vector<Re2Only> re2_only_;
  std::vector<DetectorPattern> detectors_;
  std::unordered_map<uint32_t, std::shared_ptr<const Re2Pattern>> regex_locators_;
  std::unordered_map<uint32_t, LiteralFinder> literal_locators_;
  uint32_t pattern_id_end_ = 0;
  std::vector<uint32_t> pattern_ids_;
  PatternSetReport report_;
};

}  // namespace weir

#endif  // WEIR_ENGINE_PATTERN_SET_H_
