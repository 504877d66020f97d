// RAII over Hyperscan (or Vectorscan): databases, streams, and one scratch space per thread. The only
// caller of hs_*. Knows expressions and bytes, not what a hit means.

#ifndef WEIR_ENGINE_HYPERSCAN_H_
#define WEIR_ENGINE_HYPERSCAN_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct hs_database;
struct hs_stream;

namespace weir {

using ByteView = std::span<const uint8_t>;

struct HsExpression {
  std::string source;
  uint32_t id = 0;
  bool caseless = false;
};

enum class HsMode : uint8_t { kBlock, kStream };

// Called for each match; a value other than 0 ends the scan. `from` is always 0: start of match is not
// requested.
using HsMatchSink = int (*)(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void* context);

// Version of the library (Hyperscan and Vectorscan use the same numbering), and the CPU features a database
// depends on.
std::string HsLibraryVersion();

// An expression that matches exactly the bytes of `literal`.
std::string HsEscapeLiteral(const std::string& literal);

class HsStream;

// An immutable database for one mode. Any thread may scan with it.
class HsDatabase {
 public:
  HsDatabase() = default;
  ~HsDatabase();
  HsDatabase(HsDatabase&& other) noexcept
      : database_(std::exchange(other.database_, nullptr)), generation_(other.generation_) {}
  HsDatabase& operator=(HsDatabase&& other) noexcept {
    std::swap(database_, other.database_);
    std::swap(generation_, other.generation_);
    return *this;
  }

  // Throws pattern.compile with the library's message; `index_out` then holds the expression's index, or -1.
  static HsDatabase Compile(const std::vector<HsExpression>& expressions, HsMode mode, int* index_out);
  // Returns an empty database when the bytes do not fit this library version and CPU.
  static HsDatabase Deserialize(std::string_view bytes, HsMode mode);
  std::string Serialize() const;

  explicit operator bool() const { return database_ != nullptr; }
  size_t Bytes() const;
  size_t StreamBytes() const;

  // Throws scan.failed.
  void Scan(ByteView value, HsMatchSink sink, void* context) const;

 private:
  friend class HsStream;
  explicit HsDatabase(hs_database* database);

  hs_database* database_ = nullptr;
  // Scratch space of this generation or later is large enough.
  uint64_t generation_ = 0;
};

// One stream over a database, which must outlive it. Not thread-safe; may move between threads.
class HsStream {
 public:
  explicit HsStream(const HsDatabase& database);
  ~HsStream();
  HsStream(HsStream&& other) noexcept : database_(other.database_), stream_(std::exchange(other.stream_, nullptr)) {}
  HsStream& operator=(HsStream&& other) noexcept {
    std::swap(database_, other.database_);
    std::swap(stream_, other.stream_);
    return *this;
  }

  // A copy in the same state, which is independent from then on. Throws scan.failed.
  HsStream Copy() const;
  void Feed(ByteView chunk, HsMatchSink sink, void* context);
  // Reports matches at the end and frees the stream.
  void Close(HsMatchSink sink, void* context);

 private:
  HsStream(const HsDatabase* database, hs_stream* stream) : database_(database), stream_(stream) {}

  const HsDatabase* database_;
  hs_stream* stream_ = nullptr;
};

}  // namespace weir

#endif  // WEIR_ENGINE_HYPERSCAN_H_
