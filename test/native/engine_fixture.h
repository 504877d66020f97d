// Patterns and programs for tests of scans.

#ifndef WEIR_TEST_NATIVE_ENGINE_FIXTURE_H_
#define WEIR_TEST_NATIVE_ENGINE_FIXTURE_H_

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "../../native/engine/batch_scan.h"
#include "../../native/engine/stream_scan.h"
#include "harness.h"

namespace weir_test {

using PatternEnds = std::map<uint32_t, uint32_t>;

inline weir::Pattern Regex(uint32_t id, const std::string& source,
                           weir::PatternEngine engine = weir::PatternEngine::kHyperscan) {
  weir::Pattern pattern;
  pattern.id = id;
  pattern.engine = engine;
  pattern.source = source;
  pattern.re2_source = source;
  return pattern;
}

inline weir::Pattern Literal(uint32_t id, const std::string& phrase) {
  weir::Pattern pattern;
  pattern.id = id;
  pattern.kind = weir::PatternKind::kLiteral;
  pattern.caseless = true;
  pattern.source = phrase;
  return pattern;
}

inline weir::TransformId TransformNamed(std::string_view name) {
  const auto names = weir::TransformNames();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw std::runtime_error("no transformation " + std::string(name));
  return static_cast<weir::TransformId>(found - names.begin());
}

// A program of one class that runs each chain with the set of the same index.
inline std::shared_ptr<const weir::ScanProgram> Program(
    const std::vector<std::vector<std::string>>& chains,
    const std::vector<std::shared_ptr<const weir::PatternSet>>& sets) {
  weir::ProgramSource source;
  source.classes.emplace_back();
  for (uint32_t n = 0; n < chains.size(); ++n) {
    auto& chain = source.chains.emplace_back();
    for (const std::string& name : chains[n]) chain.push_back(TransformNamed(name));
    source.classes[0].scans.push_back({n, sets[n]});
  }
  return std::make_shared<const weir::ScanProgram>(source);
}

inline PatternEnds EndsIn(const std::vector<uint32_t>& buffer) {
  PatternEnds ends;
  for (uint32_t n = 0; n < buffer[0]; ++n) {
    const uint32_t* words = &buffer[weir::kHitHeaderWords + weir::kHitWords * n];
    ends[words[1]] = words[2];
  }
  return ends;
}

inline PatternEnds ScanBlock(const weir::ScanProgram& program, std::string_view value) {
  const Exact bytes(value);
  std::vector<uint32_t> hits(weir::kHitHeaderWords + weir::kHitWords * 100);
  const std::vector<uint32_t> fields{0, 0, static_cast<uint32_t>(value.size())};
  weir::BatchScan().Run(program, bytes.view(), fields, 1, hits);
  return EndsIn(hits);
}

// Feeds `value` cut at `cuts` (ascending); `settle_each` says whether each chunk is settled.
inline PatternEnds ScanStream(const std::shared_ptr<const weir::ScanProgram>& program, std::string_view value,
                              const std::vector<size_t>& cuts, bool settle_each) {
  weir::StreamScan stream(program, 0);
  std::vector<uint32_t> hits(weir::kHitHeaderWords + weir::kHitWords * 100);
  PatternEnds ends;
  const auto take = [&] {
    for (const auto& [id, to] : EndsIn(hits)) {
      CHECK(ends.find(id) == ends.end());
      ends[id] = to;
    }
  };
  size_t from = 0;
  for (size_t n = 0; n <= cuts.size(); ++n) {
    const size_t to = n < cuts.size() ? cuts[n] : value.size();
    const Exact chunk(value.substr(from, to - from));
    stream.Feed(chunk.view(), hits, settle_each);
    take();
    from = to;
  }
  stream.End(hits);
  take();
  return ends;
}

// The matches of a set alone, on the unchanged value.
inline PatternEnds ScanSet(const std::shared_ptr<const weir::PatternSet>& set, std::string_view value) {
  return ScanBlock(*Program({{}}, {set}), value);
}

inline std::string Show(const PatternEnds& ends) {
  std::string text;
  for (const auto& [id, to] : ends) text += std::to_string(id) + "@" + std::to_string(to) + " ";
  return text;
}

}  // namespace weir_test

#endif  // WEIR_TEST_NATIVE_ENGINE_FIXTURE_H_
