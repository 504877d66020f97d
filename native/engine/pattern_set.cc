#include "pattern_set.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>
#include <unordered_set>
#include <utility>

#include "database_cache.h"
#include "error.h"
#include "parallel.h"
#include "shared_by_key.h"

namespace weir {
namespace {

std::string Describe(size_t index, const std::string& why) {
  return "pattern " + std::to_string(index) + ": " + why;
}

// Everything that determines the bytes of a database.
std::string CacheKey(const std::vector<HsExpression>& expressions, HsMode mode) {
  std::string key = HsLibraryVersion() + (mode == HsMode::kBlock ? " block" : " stream") + " dotall allowempty single\n";
  for (const HsExpression& expression : expressions) {
    key += std::to_string(expression.id) + (expression.caseless ? " i " : " - ") +
           std::to_string(expression.source.size()) + " " + expression.source + "\n";
  }
  return key;
}

// Rule sets that differ in a few rules have most of their databases and expressions in common, as have the rules before and after a
// reload: each is held once. Never destroyed: threads may outlive static destruction.
SharedByKey<HsDatabase>& Databases() {
  static auto* const databases = new SharedByKey<HsDatabase>;
  return *databases;
}

std::shared_ptr<const Re2Pattern> SharedRe2(const std::string& source, bool caseless) {
  static auto* const patterns = new SharedByKey<Re2Pattern>;
  std::string key = (caseless ? "i" : "-") + source;
  if (std::shared_ptr<const Re2Pattern> known = patterns->Find(key)) return known;
  return patterns->Add(std::move(key), std::make_unique<Re2Pattern>(source, caseless));
}

// One database to make, and its result.
struct DatabaseJob {
  HsMode mode;
  // The patterns' indexes in the list given, for messages.
  std::vector<size_t> indexes;
  TierGate gate;
  std::vector<HsExpression> expressions = {};
  std::string key = {};
  std::shared_ptr<const HsDatabase> database = nullptr;
  bool from_cache = false;
};

HsExpression ExpressionOf(const Pattern& pattern, uint32_t number) {
  const bool is_literal = pattern.kind == PatternKind::kLiteral;
  if (pattern.engine == PatternEngine::kRe2) return {pattern.plain_source, number, pattern.caseless};
  return {is_literal ? HsEscapeLiteral(pattern.source) : pattern.source, number, pattern.caseless};
}

void TakeDatabase(DatabaseJob& job, HsDatabase database) {
  job.database = Databases().Add(job.key, std::make_unique<HsDatabase>(std::move(database)));
}

void LoadDatabase(const DatabaseCache& cache, DatabaseJob& job) {
  job.key = CacheKey(job.expressions, job.mode);
  job.database = Databases().Find(job.key);
  if (!job.database) {
    if (const std::optional<CachedDatabase> stored = cache.Load(job.key)) {
      HsDatabase database = HsDatabase::Deserialize(stored->database(), job.mode);
      if (database) TakeDatabase(job, std::move(database));
    }
  }
  job.from_cache = job.database != nullptr;
}

// Drops an RE2 pattern from the job when Hyperscan refuses its plain source; false for other patterns.
bool DropRefused(const std::vector<Pattern>& patterns, DatabaseJob& job, int failed) {
  if (failed < 0 || patterns[job.indexes[static_cast<size_t>(failed)]].engine != PatternEngine::kRe2) return false;
  job.indexes.erase(job.indexes.begin() + failed);
  job.expressions.erase(job.expressions.begin() + failed);
  return true;
}

void CompileDatabase(const std::vector<Pattern>& patterns, const DatabaseCache& cache, DatabaseJob& job) {
  int failed = -1;
  while (!job.expressions.empty() && !job.database) {
    try {
      HsDatabase database = HsDatabase::Compile(job.expressions, job.mode, &failed);
      cache.Store(job.key, database.Serialize());
      TakeDatabase(job, std::move(database));
    } catch (const EngineError& error) {
      if (failed < 0) throw;
      const size_t index = job.indexes[static_cast<size_t>(failed)];
      if (!DropRefused(patterns, job, failed)) throw EngineError(error.code(), Describe(index, error.what()));
      LoadDatabase(cache, job);
    }
  }
}

// One thread per database: compilation takes seconds for large sets.
void CompileAll(const std::vector<Pattern>& patterns, const DatabaseCache& cache,
                const std::vector<DatabaseJob*>& jobs) {
  std::vector<std::future<void>> running;
  for (size_t n = 1; n < jobs.size(); ++n) {
    running.push_back(std::async(std::launch::async, [&, job = jobs[n]] { CompileDatabase(patterns, cache, *job); }));
  }
  if (!jobs.empty()) CompileDatabase(patterns, cache, *jobs[0]);
  for (std::future<void>& job : running) job.get();
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
    if (std::max({pattern.source.size(), pattern.re2_source.size(), pattern.plain_source.size()}) > kPatternBytesMax) {
      fail("source is longer than " + std::to_string(kPatternBytesMax) + " bytes");
    }
    if (pattern.kind == PatternKind::kLiteral && pattern.source.empty()) fail("an empty literal");
    if (pattern.kind == PatternKind::kLiteral && pattern.engine != PatternEngine::kHyperscan) {
      fail("a literal must use Hyperscan");
    }
    if (pattern.kind == PatternKind::kRegex && (pattern.source + pattern.plain_source).find('\0') != std::string::npos) {
      fail("a NUL byte in the source; write \\x00");
    }
    if (pattern.engine == PatternEngine::kRe2 && pattern.re2_source.empty()) fail("re2Source is missing");
    if (pattern.engine == PatternEngine::kDetector && !FindDetector(pattern.source)) {
      fail("there is no detector \"" + pattern.source + "\"");
    }
    const auto [known, added] = kinds.try_emplace(pattern.id, pattern.kind);
    if (!added && (known->second == PatternKind::kRegex || pattern.kind == PatternKind::kRegex)) {
      fail("id " + std::to_string(pattern.id) + " is taken; only literals may share one");
    }
  }
}

}  // namespace

std::shared_ptr<const PatternSet> PatternSet::Compile(const std::vector<Pattern>& patterns,
                                                      const std::string& cache_folder, SetUse use) {
  return Make(patterns, cache_folder, use, true);
}

std::vector<std::shared_ptr<const PatternSet>> PatternSet::Load(const std::vector<SetSource>& sources,
                                                                const std::string& cache_folder) {
  std::vector<std::shared_ptr<const PatternSet>> sets(sources.size());
  ForEachInParallel(sources.size(), [&](size_t n) {
    sets[n] = Make(sources[n].patterns, cache_folder, sources[n].use, false);
  });
  return sets;
}

std::shared_ptr<const PatternSet> PatternSet::Make(const std::vector<Pattern>& patterns,
                                                   const std::string& cache_folder, SetUse use, bool may_compile) {
  const auto start = std::chrono::steady_clock::now();
  CheckPatterns(patterns);
  const std::shared_ptr<PatternSet> set(new PatternSet);
  set->use_ = use;
  for (const Pattern& pattern : patterns) set->pattern_ids_.push_back(pattern.id);
  std::sort(set->pattern_ids_.begin(), set->pattern_ids_.end());
  set->pattern_ids_.erase(std::unique(set->pattern_ids_.begin(), set->pattern_ids_.end()), set->pattern_ids_.end());
  set->pattern_id_end_ = set->pattern_ids_.empty() ? 0 : set->pattern_ids_.back() + 1;
  set->AddLocators(patterns);
  if (!set->MakeDatabases(patterns, cache_folder, may_compile)) return nullptr;
  set->report_.pattern_count = patterns.size();
  set->report_.re2_pattern_count = set->re2_only_.size();
  if (set->stream_) {
    set->report_.database_bytes = set->stream_->Bytes();
    set->report_.stream_bytes = set->stream_->StreamBytes();
  }
  for (const Tier& tier : set->tiers_) set->report_.database_bytes += tier.database->Bytes();
  set->report_.compile_ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return set;
}

void PatternSet::AddLocators(const std::vector<Pattern>& patterns) {
  for (size_t n = 0; n < patterns.size(); ++n) {
    const Pattern& pattern = patterns[n];
    if (pattern.engine == PatternEngine::kDetector) {
      detectors_.push_back({pattern.id, *FindDetector(pattern.source)});
      continue;
    }
    if (pattern.kind == PatternKind::kLiteral) {
      literal_locators_[pattern.id].Add(pattern.source, pattern.caseless);
      continue;
    }
    if (pattern.re2_source.empty()) continue;
    std::shared_ptr<const Re2Pattern> regex = SharedRe2(pattern.re2_source, pattern.caseless);
    if (pattern.engine == PatternEngine::kRe2 && use_ != SetUse::kMerged) {
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

bool PatternSet::MakeDatabases(const std::vector<Pattern>& patterns, const std::string& cache_folder,
                               bool may_compile) {
  std::vector<size_t> indexes;
  for (size_t n = 0; n < patterns.size(); ++n) {
    const bool is_plain = use_ == SetUse::kMerged && !patterns[n].plain_source.empty();
    if (patterns[n].engine == PatternEngine::kHyperscan || is_plain) indexes.push_back(n);
  }
  if (indexes.empty()) return true;
  has_expressions_ = true;
  gate_.is_closed = false;
  std::vector<DatabaseJob> jobs;
  for (TierMembers& tier : SplitIntoTiers(patterns, indexes, use_ == SetUse::kMerged)) {
    if (use_ != SetUse::kMerged) gate_ = tier.gate;
    if (use_ != SetUse::kStream) jobs.push_back({HsMode::kBlock, std::move(tier.indexes), tier.gate});
  }
  if (CanStream()) jobs.push_back({HsMode::kStream, indexes, gate_});

  for (const size_t index : indexes) expression_patterns_.push_back(patterns[index].id);
  std::vector<uint32_t> numbers(patterns.size());
  for (size_t n = 0; n < indexes.size(); ++n) numbers[indexes[n]] = static_cast<uint32_t>(n);
  const DatabaseCache cache(cache_folder);
  std::vector<DatabaseJob*> missing;
  for (DatabaseJob& job : jobs) {
    for (const size_t index : job.indexes) job.expressions.push_back(ExpressionOf(patterns[index], numbers[index]));
    LoadDatabase(cache, job);
    if (!job.from_cache) missing.push_back(&job);
  }
  if (!missing.empty() && !may_compile) return false;
  CompileAll(patterns, cache, missing);

  report_.from_cache = true;
  for (DatabaseJob& job : jobs) {
    for (const size_t index : job.indexes) {
      if (patterns[index].engine == PatternEngine::kRe2) plain_ids_.insert(patterns[index].id);
    }
    if (!job.database) continue;
    report_.from_cache = report_.from_cache && job.from_cache;
    if (job.mode == HsMode::kStream) {
      stream_ = std::move(job.database);
    } else {
      tiers_.push_back({std::move(job.database), job.gate});
    }
  }
  return true;
}

void PatternSet::ScanHyperscan(ByteView value, const ByteSet& bytes, HsMatchSink sink, void* context) const {
  for (const Tier& tier : tiers_) {
    if (tier.gate.Admits(bytes)) tier.database->Scan(value, sink, context);
  }
  if (use_ != SetUse::kStream || !stream_ || !gate_.Admits(bytes)) return;
  HsStream stream(*stream_);
  stream.Feed(value, sink, context);
  stream.Close(sink, context);
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
