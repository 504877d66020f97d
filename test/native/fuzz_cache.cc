#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>

#include "../../native/engine/database_cache.h"
#include "engine_fixture.h"
#include "fuzz.h"

namespace {

// A cache folder with the databases of one pattern set, and their files as they were stored.
class Cache {
 public:
  Cache() {
    std::string name = (std::filesystem::temp_directory_path() / "weir-fuzz-cache-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    patterns_ = {weir_test::Regex(1, "ab+c"), weir_test::Regex(2, "x\\b"), weir_test::Literal(3, "select")};
    weir::PatternSet::Compile(patterns_, folder_);
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      std::ifstream file(entry.path(), std::ios::binary);
      files_.emplace(entry.path().string(), std::string(std::istreambuf_iterator<char>(file), {}));
    }
    if (files_.empty()) FuzzFound("no database was stored");
    expected_ = weir_test::ScanSet(weir::PatternSet::Compile(patterns_, ""), kValue);
  }
  ~Cache() { std::filesystem::remove_all(folder_); }

  static Cache& Shared() {
    static Cache cache;
    return cache;
  }

  const std::map<std::string, std::string>& files() const { return files_; }

  void Write(const std::string& path, const std::string& bytes) const {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  // The damaged database of a file, stored as the cache itself would: its digest is correct.
  void StoreDamaged(const std::string& file, const std::function<void(std::string&)>& damage) const {
    constexpr size_t kMagicBytes = 8;
    uint64_t key_length = 0;
    std::memcpy(&key_length, file.data() + kMagicBytes, sizeof key_length);
    const std::string key = file.substr(kMagicBytes + 8, key_length);
    std::string database = file.substr(kMagicBytes + 8 + key_length + 8);
    database.resize(database.size() - 8);
    damage(database);
    if (!weir::DatabaseCache(folder_).Store(key, database)) FuzzFound("a database cannot be stored");
    const auto stored = weir::DatabaseCache(folder_).Load(key);
    if (!stored || stored->database() != database) FuzzFound("what was stored does not come back");
  }

  void Check() const {
    const auto loaded = weir::PatternSet::Load({{patterns_}}, folder_).at(0);
    if (loaded != nullptr && weir_test::ScanSet(loaded, kValue) != expected_) FuzzFound("a damaged database is used");
    const auto compiled = weir::PatternSet::Compile(patterns_, folder_);
    if (weir_test::ScanSet(compiled, kValue) != expected_) FuzzFound("a set with a damaged cache finds something else");
  }

 private:
  static constexpr std::string_view kValue = "abbbc x select -x ";
  std::string folder_;
  std::vector<weir::Pattern> patterns_;
  std::map<std::string, std::string> files_;
  weir_test::PatternEnds expected_;
};

// Edits of four bytes each: where (two bytes; the beginning, where the headers are, is more likely), what, and how.
void Damage(std::span<const uint8_t> edits, std::string& bytes) {
  for (size_t n = 0; n + 4 <= edits.size() && !bytes.empty(); n += 4) {
    const size_t wide = edits[n] * 256u + edits[n + 1];
    const size_t at = (edits[n + 3] % 2 == 0 ? edits[n + 1] : wide) % bytes.size();
    switch (edits[n + 3] / 2 % 5) {
      case 0:
        bytes[at] = static_cast<char>(edits[n + 2]);
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << edits[n + 2] % 8));
        break;
      case 2:
        bytes.resize(at);
        break;
      case 3:
        bytes.insert(at, 1 + edits[n + 2], static_cast<char>(edits[n]));
        break;
      default:
        bytes.erase(at, 1 + edits[n + 2]);
    }
  }
}

}  // namespace

// The first byte selects the file, and whether its digest is corrected; the rest is damage.
void FuzzCache(std::span<const uint8_t> input) {
  if (input.empty()) return;
  const Cache& cache = Cache::Shared();
  for (const auto& [path, bytes] : cache.files()) cache.Write(path, bytes);
  auto file = cache.files().begin();
  std::advance(file, input[0] % cache.files().size());
  const auto edits = input.subspan(1);
  if (input[0] >= 128) {
    cache.StoreDamaged(file->second, [&](std::string& database) { Damage(edits, database); });
  } else {
    std::string bytes = file->second;
    Damage(edits, bytes);
    cache.Write(file->first, bytes);
  }
  cache.Check();
}
