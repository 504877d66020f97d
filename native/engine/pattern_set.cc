#include "pattern_set.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>
#include <utility>

#include "database_cache.h"
#include "error.h"

namespace weir {
namespace {

std::string Describe(size_t index, const std::string& why) {
  return "pattern " + std::to_string(index) + ": " + why;
}

// Everything the bytes of a database depend on.
std::string CacheKey(const std::vector<HsExpression>& expressions, HsMode mode) {
  std::string key = HsLibraryVersion() + (mode == HsMode::kBlock ? " block" : " stream") + " dotall allowempty single\n";
  for (const HsExpression& expression : expressions) {
    key += std::to_string(expression.id) + (expression.caseless ? " i " : " - ") +
           std::to_string(expression.source.size()) + " " + expression.source + "\n";
  }
  return key;
}

struct BuiltDatabase {
  HsDatabase database;
  bool from_cache = false;
};

BuiltDatabase LoadOrCompile(const std::vector<HsExpression>& expressions, HsMode mode, const DatabaseCache& cache,
                            int* failed_index) {
  const std::string key = CacheKey(expressions, mode);
  if (const std::optional<std::string> stored = cache.Load(key)) {
    if (HsDatabase database = HsDatabase::Deserialize(*stored, mode)) return {std::move(database), true};
  }
  HsDatabase database = HsDatabase::Compile(expressions, mode, failed_index);
  cache.Store(key, database.Serialize());
  return {std::move(database), false};
}

int CountHit(unsigned id, unsigned long long, unsigned long long to, unsigned, void* context) {
  static_cast<HitCollector*>(context)->Add(id, to);
  return 0;
}

void CheckPatterns(const std::vector<Pattern>& patterns) {
  if (patterns.size() > kPatternsPerSetMax) {
    throw EngineError(error_code::kLimit, "a set of " + std::to_string(patterns.size()) + " patterns, limit " +
                                              std::to_string(kPatternsPerSetMax));
  }
  std::unordered_map<uint32_t, PatternKind> kinds;
  for (size_t n = 0; n < patterns.size(); ++n) {
    const Pattern& pattern = patterns[n];
    const auto fail = [&](const std::string& why) { throw EngineError(error_code::kPattern, Describe(n, why)); };
    if (pattern.id >= kPatternIdEnd) fail("id " + std::to_string(pattern.id) + " is too large");
    if (pattern.source.size() > kPatternBytesMax || pattern.re2_source.size() > kPatternBytesMax) {
      fail("source is longer than " + std::to_string(kPatternBytesMax) + " bytes");
    }
    if (pattern.kind == PatternKind::kLiteral && pattern.source.empty()) fail("an empty literal");
    if (pattern.kind == PatternKind::kLiteral && pattern.engine == PatternEngine::kRe2) {
      fail("a literal is always Hyperscan's");
    }
    if (pattern.kind == PatternKind::kRegex && pattern.source.find('\0') != std::string::npos) {
      fail("a NUL byte in the source; write \\x00");
    }
    if (pattern.engine == PatternEngine::kRe2 && pattern.re2_source.empty()) fail("re2Source is missing");
    const auto [known, added] = kinds.try_emplace(pattern.id, pattern.kind);
    if (!added && (known->second == PatternKind::kRegex || pattern.kind == PatternKind::kRegex)) {
      fail("id " + std::to_string(pattern.id) + " is taken; only literals may share one");
    }
  }
}

}  // namespace

std::shared_ptr<const PatternSet> PatternSet::Compile(std::vector<Pattern> patterns, const std::string& cache_folder) {
  const auto start = std::chrono::steady_clock::now();
  CheckPatterns(patterns);
  const std::shared_ptr<PatternSet> set(new PatternSet);
  for (const Pattern& pattern : patterns) set->pattern_ids_.push_back(pattern.id);
  std::sort(set->pattern_ids_.begin(), set->pattern_ids_.end());
  set->pattern_ids_.erase(std::unique(set->pattern_ids_.begin(), set->pattern_ids_.end()), set->pattern_ids_.end());
  set->pattern_id_end_ = set->pattern_ids_.empty() ? 0 : set->pattern_ids_.back() + 1;
  set->AddLocators(patterns);
  set->CompileDatabases(patterns, cache_folder);
  set->report_.pattern_count = patterns.size();
  set->report_.re2_pattern_count = set->re2_only_.size();
  set->report_.database_bytes = set->block_.Bytes() + set->stream_.Bytes();
  set->report_.stream_bytes = set->stream_.StreamBytes();
  set->report_.compile_ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return set;
}

void PatternSet::AddLocators(const std::vector<Pattern>& patterns) {
  for (size_t n = 0; n < patterns.size(); ++n) {
    const Pattern& pattern = patterns[n];
    if (pattern.kind == PatternKind::kLiteral) {
      literal_locators_[pattern.id].Add(pattern.source, pattern.caseless);
      continue;
    }
    if (pattern.re2_source.empty()) continue;
    auto regex = std::make_shared<const Re2Pattern>(pattern.re2_source, pattern.caseless);
    if (pattern.engine == PatternEngine::kRe2) {
      try {
        regex->Compile();
      } catch (const EngineError& error) {
        throw EngineError(error.code(), Describe(n, error.what()));
      }
      re2_only_.push_back({pattern.id, regex, pattern.required, pattern.longest_match_bytes});
    }
    regex_locators_.emplace(pattern.id, std::move(regex));
  }
}

void PatternSet::CompileDatabases(const std::vector<Pattern>& patterns, const std::string& cache_folder) {
  std::vector<HsExpression> expressions;
  std::vector<size_t> indexes;
  bool gated = true;
  for (size_t n = 0; n < patterns.size(); ++n) {
    const Pattern& pattern = patterns[n];
    if (pattern.engine != PatternEngine::kHyperscan) continue;
    const bool literal = pattern.kind == PatternKind::kLiteral;
    expressions.push_back({literal ? HsEscapeLiteral(pattern.source) : pattern.source, pattern.id, pattern.caseless});
    indexes.push_back(n);
    gated = gated && !pattern.required.empty();
    gate_.push_back(pattern.required);
  }
  if (!gated) gate_.clear();
  if (expressions.empty()) return;

  const DatabaseCache cache(cache_folder);
  int block_index = -1;
  int stream_index = -1;
  // Two databases, two threads: compilation takes seconds for large sets.
  auto stream = std::async(std::launch::async, [&] {
    return LoadOrCompile(expressions, HsMode::kStream, cache, &stream_index);
  });
  const auto rethrow = [&](const EngineError& error, int index) {
    const std::string where = index >= 0 ? Describe(indexes[static_cast<size_t>(index)], error.what()) : error.what();
    throw EngineError(error.code(), where);
  };
  try {
    BuiltDatabase block = LoadOrCompile(expressions, HsMode::kBlock, cache, &block_index);
    block_ = std::move(block.database);
    report_.from_cache = block.from_cache;
  } catch (const EngineError& error) {
    rethrow(error, block_index);
  }
  try {
    BuiltDatabase built = stream.get();
    stream_ = std::move(built.database);
    report_.from_cache = report_.from_cache && built.from_cache;
  } catch (const EngineError& error) {
    rethrow(error, stream_index);
  }
}

void PatternSet::Scan(ByteView value, const ByteSet& bytes, HitCollector& hits) const {
  if (block_) {
    const bool can_match = gate_.empty() || std::any_of(gate_.begin(), gate_.end(), [&](const auto& required) {
                             return MeetsRequirements(required, bytes);
                           });
    if (can_match) block_.Scan(value, CountHit, &hits);
  }
  for (const Re2Only& only : re2_only_) {
    if (!MeetsRequirements(only.required, bytes) || !only.pattern->Matches(value)) continue;
    hits.Add(only.id, only.pattern->SmallestEnd(value, 0, value.size()));
  }
}

uint32_t PatternSet::Groups(uint32_t id, ByteView value, std::span<uint32_t> groups) const {
  if (const auto regex = regex_locators_.find(id); regex != regex_locators_.end()) {
    return regex->second->Groups(value, groups);
  }
  const auto literal = literal_locators_.find(id);
  if (literal == literal_locators_.end()) {
    throw EngineError(error_code::kArgument, "the set cannot locate pattern " + std::to_string(id));
  }
  const std::optional<FoundLiteral> found = literal->second.Find(value);
  if (!found || groups.size() < 2) return 0;
  groups[0] = static_cast<uint32_t>(found->from);
  groups[1] = static_cast<uint32_t>(found->to);
  return 1;
}

}  // namespace weir
