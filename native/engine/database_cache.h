// Serialised Hyperscan databases on disk. A file that is foreign, truncated, corrupt, or from another library version or CPU is
// ignored; the caller then compiles and stores again. Knows no pattern, only a key text.

#ifndef WEIR_ENGINE_DATABASE_CACHE_H_
#define WEIR_ENGINE_DATABASE_CACHE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

// The bytes of a file of the cache, and the database in them: neither is copied again.
class CachedDatabase {
 public:
  CachedDatabase(std::unique_ptr<const char[]> file, std::string_view database)
      : file_(std::move(file)), database_(database) {}
  // Valid as long as this is.
  std::string_view database() const { return database_; }

 private:
  std::unique_ptr<const char[]> file_;
  std::string_view database_;
};

class DatabaseCache {
 public:
  // An empty folder name means no cache. The folder is created when the first database is stored.
  explicit DatabaseCache(std::string folder) : folder_(std::move(folder)) {}

  // The bytes stored under exactly this key, or nothing. Never throws.
  std::optional<CachedDatabase> Load(const std::string& key) const;
  // Written under another name and renamed, so that a reader sees all or nothing. A folder that cannot be written to is not an
  // error.
  bool Store(const std::string& key, const std::string& database) const;
  // Where the database of this key is kept.
  std::string PathOf(const std::string& key) const;

 private:
  std::string folder_;
};

}  // namespace weir

#endif  // WEIR_ENGINE_DATABASE_CACHE_H_
