#include "../../native/engine/database_cache.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "../../native/engine/error.h"
#include "../../native/engine/pattern_set.h"
#include "harness.h"

using weir::DatabaseCache;

namespace {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "weir-cache-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string path() const { return path_; }

 private:
  std::string path_;
};

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

// What is stored under "key".
std::string Loaded(const DatabaseCache& cache) { return std::string(cache.Load("key").value().database()); }

std::vector<weir::Pattern> OnePattern() {
  weir::Pattern pattern;
  pattern.id = 4;
  pattern.source = "ab+c";
  return {pattern};
}

}  // namespace

TEST(DatabaseCacheReturnsWhatItStored) {
  const Folder folder;
  const DatabaseCache cache(folder.path() + "/deeper/still");
  CHECK(!cache.Load("key"));
  CHECK(cache.Store("key", std::string("data\0base", 9)));
  CHECK(Loaded(cache) == std::string("data\0base", 9));
  CHECK(!cache.Load("another key"));
  CHECK(cache.Store("key", ""));
  CHECK(Loaded(cache) == "");
}

TEST(DatabaseCacheIgnoresWhatOthersCouldHaveWritten) {
  const Folder folder;
  const DatabaseCache cache(folder.path());
  CHECK(cache.Store("key", "database"));
  CHECK(Loaded(cache) == "database");
  std::filesystem::permissions(cache.PathOf("key"), std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);
  CHECK(!cache.Load("key"));
  const DatabaseCache elsewhere(folder.path() + "/elsewhere");
  std::filesystem::create_directories(folder.path() + "/elsewhere");
  CHECK(cache.Store("key", "database"));
  std::filesystem::create_symlink(cache.PathOf("key"), elsewhere.PathOf("key"));
  CHECK(!elsewhere.Load("key"));
}

TEST(DatabaseCacheIgnoresDamage) {
  const Folder folder;
  const DatabaseCache cache(folder.path());
  cache.Store("key", "database");
  const std::string path = cache.PathOf("key");
  const std::string good = Read(path);
  for (size_t length = 0; length < good.size(); ++length) {
    Write(path, good.substr(0, length));
    CHECK(!cache.Load("key"));
  }
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    Write(path, bad);
    CHECK(!cache.Load("key"));
  }
  Write(path, good + "x");
  CHECK(!cache.Load("key"));
  Write(path, good);
  CHECK(Loaded(cache) == "database");
}

TEST(DatabaseCacheIgnoresAFileOfAnotherKey) {
  const Folder folder;
  const DatabaseCache cache(folder.path());
  cache.Store("key", "database");
  std::filesystem::copy_file(cache.PathOf("key"), cache.PathOf("other"));
  CHECK(!cache.Load("other"));
}

TEST(DatabaseCacheWorksWithoutAFolder) {
  CHECK(!DatabaseCache("").Store("key", "database"));
  CHECK(!DatabaseCache("").Load("key"));
  CHECK(!DatabaseCache("/proc/none").Store("key", "database"));
}

TEST(PatternSetRebuildsWhatIsNotInTheCache) {
  const Folder folder;
  CHECK(!weir::PatternSet::Compile(OnePattern(), folder.path())->report().from_cache);
  CHECK(weir::PatternSet::Compile(OnePattern(), folder.path())->report().from_cache);
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    Write(entry.path().string(), Read(entry.path().string()).substr(0, 100));
    ++files;
  }
  CHECK_EQ(files, 2u);
  const auto rebuilt = weir::PatternSet::Compile(OnePattern(), folder.path());
  CHECK(!rebuilt->report().from_cache);
  CHECK(weir::PatternSet::Compile(OnePattern(), folder.path())->report().from_cache);
}

TEST(PatternSetIgnoresBytesThatAreNotADatabase) {
  // A well-formed file with an invalid database, as another library version would leave.
  const Folder folder;
  weir::PatternSet::Compile(OnePattern(), folder.path());
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    const std::string file = Read(entry.path().string());
    const size_t key_length = static_cast<uint8_t>(file[8]) + 256u * static_cast<uint8_t>(file[9]);
    const std::string key = file.substr(16, key_length);
    CHECK(DatabaseCache(folder.path()).Load(key).has_value());
    DatabaseCache(folder.path()).Store(key, "not a database");
  }
  CHECK(!weir::PatternSet::Compile(OnePattern(), folder.path())->report().from_cache);
}

TEST(PatternSetLoadsWhatTheCacheHas) {
  const Folder folder;
  std::vector<weir::SetSource> sources;
  for (uint32_t id = 0; id < 20; ++id) {
    weir::Pattern pattern;
    pattern.id = id;
    pattern.source = "x" + std::to_string(id);
    sources.push_back({{pattern}});
    if (id % 2 == 0) weir::PatternSet::Compile(sources[id].patterns, folder.path());
  }
  const auto sets = weir::PatternSet::Load(sources, folder.path());
  CHECK_EQ(sets.size(), sources.size());
  for (uint32_t id = 0; id < sets.size(); ++id) {
    CHECK_EQ(sets[id] != nullptr, id % 2 == 0);
    if (sets[id]) CHECK_EQ(sets[id]->pattern_ids().at(0), id);
  }
  CHECK(weir::PatternSet::Load({}, folder.path()).empty());
}

TEST(PatternSetLoadReportsErrors) {
  const Folder folder;
  std::vector<weir::SetSource> sources(20, {OnePattern()});
  sources[7].patterns[0].id = weir::kPatternIdEnd;
  std::string code;
  try {
    weir::PatternSet::Load(sources, folder.path());
  } catch (const weir::EngineError& error) {
    code = error.code();
  }
  CHECK(code == weir::error_code::kPattern);
}
