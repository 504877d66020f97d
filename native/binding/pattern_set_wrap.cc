// JavaScript binding of pattern sets: reading patterns, references, reports, captures.

#include <algorithm>
#include <array>
#include <utility>

#include "../engine/library_check.h"
#include "../engine/packed_sets.h"
#include "../engine/pattern.h"
#include "functions.h"
#include "shared_sets.h"

namespace weir {
namespace {

constexpr size_t kRequiredMax = 16;
// CRS at the highest paranoia level needs a tenth of this.
constexpr size_t kSetsPerLoadMax = 4096;

ByteSet ReadByteSet(Napi::Value value, const std::string& name) {
  const ByteView bytes = checked::Bytes(value.Env(), value, name);
  if (bytes.size() != 32) ThrowArgument(name + " must be 32 bytes");
  ByteSet set;
  for (unsigned n = 0; n < 32; ++n) set.words[n / 8] |= uint64_t{bytes[n]} << (8 * (n % 8));
  return set;
}

// The names of a pattern's members as JavaScript strings, made once for a list of thousands.
class PatternMembers {
 public:
  explicit PatternMembers(Napi::Env env) {
    for (size_t n = 0; n < kNames.size(); ++n) names_[n] = Napi::String::New(env, kNames[n]);
  }

  enum Name : uint8_t { kId, kEngine, kKind, kCaseless, kSource, kRe2Source, kPlainSource, kLongestMatchBytes, kRequired };

  Napi::Value Get(Napi::Object pattern, Name name) const { return pattern.Get(names_[name]); }

 private:
  static constexpr std::array<const char*, 9> kNames{"id",        "engine",      "kind",              "caseless", "source",
                                                     "re2Source", "plainSource", "longestMatchBytes", "required"};
  std::array<Napi::String, kNames.size()> names_;
};

PatternEngine EngineOf(const std::string& name, const std::string& where) {
  if (name == "hyperscan") return PatternEngine::kHyperscan;
  if (name == "re2") return PatternEngine::kRe2;
  if (name == "detector") return PatternEngine::kDetector;
  ThrowArgument(where + "engine is unknown");
}

Pattern ReadPattern(Napi::Value value, size_t index, const PatternMembers& members) {
  using Member = PatternMembers::Name;
  const std::string where = "pattern " + std::to_string(index) + " ";
  const Napi::Object record = checked::Record(value, where);
  const auto get = [&](Member name) { return members.Get(record, name); };
  Pattern pattern;
  pattern.id = checked::Index(get(Member::kId), where + "id");
  pattern.engine = EngineOf(checked::Text(get(Member::kEngine), where + "engine"), where);
  const std::string kind = checked::Text(get(Member::kKind), where + "kind");
  if (kind != "regex" && kind != "literal") ThrowArgument(where + "kind is unknown");
  pattern.kind = kind == "literal" ? PatternKind::kLiteral : PatternKind::kRegex;
  pattern.caseless = checked::Flag(get(Member::kCaseless), where + "caseless");
  pattern.source = checked::ByteString(get(Member::kSource), where + "source");
  if (const Napi::Value source = get(Member::kRe2Source); !source.IsUndefined()) {
    pattern.re2_source = checked::ByteString(source, where + "re2Source");
  }
  if (const Napi::Value source = get(Member::kPlainSource); !source.IsUndefined()) {
    pattern.plain_source = checked::ByteString(source, where + "plainSource");
  }
  if (const Napi::Value longest = get(Member::kLongestMatchBytes); !longest.IsUndefined()) {
    pattern.longest_match_bytes = checked::Index(longest, where + "longestMatchBytes");
  }
  if (const Napi::Value required = get(Member::kRequired); !required.IsUndefined()) {
    const Napi::Array sets = checked::List(required, kRequiredMax, where + "required");
    for (uint32_t n = 0; n < sets.Length(); ++n) {
      pattern.required.push_back(ReadByteSet(sets.Get(n), where + "required set"));
    }
  }
  return pattern;
}

std::vector<Pattern> ReadPatterns(Napi::Value value) {
  const Napi::Array list = checked::List(value, kPatternsPerSetMax, "patterns");
  const PatternMembers members(value.Env());
  std::vector<Pattern> patterns;
  patterns.reserve(list.Length());
  for (uint32_t n = 0; n < list.Length(); ++n) {
    // Without a scope of its own, handles of thousands of objects would pile up until the call returns.
    const Napi::HandleScope scope(value.Env());
    patterns.push_back(ReadPattern(list.Get(n), n, members));
  }
  return patterns;
}

SetUse ReadUse(Napi::Value value) {
  if (value.IsUndefined()) return SetUse::kAny;
  const std::string use = checked::Text(value, "use");
  if (use == "any") return SetUse::kAny;
  if (use == "block") return SetUse::kBlock;
  if (use == "stream") return SetUse::kStream;
  if (use == "merged") return SetUse::kMerged;
  ThrowArgument("use is unknown");
}

std::vector<SetSource> ReadSources(Napi::Value value) {
  const Napi::Array list = checked::List(value, kSetsPerLoadMax, "sources");
  std::vector<SetSource> sources;
  for (uint32_t n = 0; n < list.Length(); ++n) {
    const Napi::HandleScope scope(value.Env());
    const Napi::Object source = checked::Record(list.Get(n), "source");
    sources.push_back({ReadPatterns(source.Get("patterns")), ReadUse(source.Get("use"))});
  }
  return sources;
}

// The handle of a set; this environment then holds a reference to the set.
Napi::Value HoldSet(const Args& args, std::shared_ptr<const PatternSet> set) {
  return Napi::Number::New(args.env(),
                           static_cast<double>(PatternSets().Add(std::move(set), args.environment_id())));
}

}  // namespace

Napi::Value CompilePatternSet(const Args& args) {
  const std::vector<Pattern> patterns = ReadPatterns(args.At(0));
  const std::string cache_folder = args.IsAbsent(1) ? "" : checked::Text(args.At(1), "cacheFolder");
  RequireSoundLibrary();
  auto set = PatternSet::Compile(patterns, cache_folder, ReadUse(args.At(2)));
  return HoldSet(args, std::move(set));
}

Napi::Value PackPatternSets(const Args& args) {
  const std::string packed = PackSets(ReadSources(args.At(0)));
  Napi::Uint8Array bytes = Napi::Uint8Array::New(args.env(), packed.size());
  std::copy(packed.begin(), packed.end(), bytes.Data());
  return bytes;
}

Napi::Value LoadPatternSets(const Args& args) {
  const std::vector<SetSource> sources = ReadSources(args.At(0));
  RequireSoundLibrary();
  Napi::Array handles = Napi::Array::New(args.env(), sources.size());
  auto sets = PatternSet::Load(sources, checked::Text(args.At(1), "cacheFolder"));
  for (uint32_t n = 0; n < sets.size(); ++n) {
    handles.Set(n, sets[n] ? HoldSet(args, std::move(sets[n])) : args.env().Undefined());
  }
  return handles;
}

Napi::Value ReportPatternSet(const Args& args) {
  const auto set = PatternSets().Get(args.ToHandle(0, "set"));
  const PatternSetReport& report = set->report();
  Napi::Object out = Napi::Object::New(args.env());
  out.Set("patternCount", static_cast<double>(report.pattern_count));
  out.Set("re2PatternCount", static_cast<double>(report.re2_pattern_count));
  out.Set("databaseBytes", static_cast<double>(report.database_bytes));
  out.Set("streamBytes", static_cast<double>(report.stream_bytes));
  out.Set("fromCache", report.from_cache);
  out.Set("compileMs", report.compile_ms);
  return out;
}

Napi::Value RetainPatternSet(const Args& args) {
  PatternSets().Retain(args.ToHandle(0, "set"), args.environment_id());
  return args.env().Undefined();
}

Napi::Value AdoptPatternSet(const Args& args) {
  PatternSets().Adopt(args.ToHandle(0, "set"), args.environment_id());
  return args.env().Undefined();
}

Napi::Value ReleasePatternSet(const Args& args) {
  PatternSets().Release(args.ToHandle(0, "set"), args.environment_id());
  return args.env().Undefined();
}

Napi::Value Locate(const Args& args) {
  const auto set = PatternSets().Get(args.ToHandle(0, "set"));
  const uint32_t count = set->Groups(args.Index(1, "patternId"), args.Bytes(2, "value"), args.Words(3, "groups"));
  return Napi::Number::New(args.env(), count);
}

}  // namespace weir
