#include "hyperscan.h"

#include <hs.h>

#include <array>
#include <cstdlib>
#include <mutex>

#include "database_memory.h"
#include "error.h"

namespace weir {
namespace {

[[noreturn]] void ThrowScan(const char* what, hs_error_t code) {
  throw EngineError(error_code::kScan, std::string(what) + " failed with library code " + std::to_string(code));
}

// The scratch space that all threads clone: grown for every database, never shrunk, so that a thread knows by one comparison
// whether its own clone is large enough.
struct ScratchMaster {
  std::mutex mutex;
  hs_scratch_t* scratch = nullptr;
  uint64_t generation = 0;
};

// Never destroyed: threads may outlive static destruction.
ScratchMaster& Master() {
  static ScratchMaster* const master = new ScratchMaster;
  return *master;
}

struct ThreadScratch {
  hs_scratch_t* scratch = nullptr;
  uint64_t generation = 0;
  ~ThreadScratch() { hs_free_scratch(scratch); }
};

hs_scratch_t* ScratchFor(uint64_t generation) {
  thread_local ThreadScratch own;
  if (own.generation >= generation) return own.scratch;
  ScratchMaster& master = Master();
  const std::lock_guard lock(master.mutex);
  hs_scratch_t* clone = nullptr;
  if (const hs_error_t code = hs_clone_scratch(master.scratch, &clone); code != HS_SUCCESS) {
    ThrowScan("hs_clone_scratch", code);
  }
  hs_free_scratch(own.scratch);
  own.scratch = clone;
  own.generation = master.generation;
  return clone;
}

// Called before the first database is made.
void UseDatabaseMemory() {
  static const hs_error_t code = hs_set_database_allocator(AllocateDatabase, FreeDatabase);
  if (code != HS_SUCCESS) ThrowScan("hs_set_database_allocator", code);
}

unsigned ModeFlag(HsMode mode) { return mode == HsMode::kBlock ? HS_MODE_BLOCK : HS_MODE_STREAM; }

const char* Data(ByteView value) {
  // The library requires a pointer even for no bytes.
  return value.empty() ? "" : reinterpret_cast<const char*>(value.data());
}

}  // namespace

std::string HsLibraryVersion() {
  // Made once: each CPUID instruction costs a virtual machine tens of microseconds.
  static const std::string version = [] {
    std::string text = std::string("libhs ") + hs_version();
    hs_platform_info_t platform{};
    if (hs_populate_platform(&platform) == HS_SUCCESS) {
      text += " tune " + std::to_string(platform.tune) + " features " + std::to_string(platform.cpu_features);
    }
    return text;
  }();
  return version;
}

std::string HsEscapeLiteral(const std::string& literal) {
  static constexpr std::array kHex{'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
  std::string out;
  out.reserve(literal.size() * 4);
  for (const char c : literal) {
    const auto byte = static_cast<unsigned char>(c);
    out += "\\x";
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

HsDatabase::HsDatabase(hs_database* database) : database_(database) {
  ScratchMaster& master = Master();
  const std::lock_guard lock(master.mutex);
  if (const hs_error_t code = hs_alloc_scratch(database, &master.scratch); code != HS_SUCCESS) {
    hs_free_database(database);
    database_ = nullptr;
    ThrowScan("hs_alloc_scratch", code);
  }
  generation_ = ++master.generation;
}

HsDatabase::~HsDatabase() { hs_free_database(database_); }

HsDatabase HsDatabase::Compile(const std::vector<HsExpression>& expressions, HsMode mode, int* index_out) {
  UseDatabaseMemory();
  std::vector<const char*> sources;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (const HsExpression& expression : expressions) {
    sources.push_back(expression.source.c_str());
    // SINGLEMATCH: one event per pattern and scan. Without it a repetitive value costs thousands of events per kilobyte.
    flags.push_back(HS_FLAG_DOTALL | HS_FLAG_ALLOWEMPTY | HS_FLAG_SINGLEMATCH |
                    (expression.caseless ? HS_FLAG_CASELESS : 0));
    ids.push_back(expression.id);
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t code = hs_compile_multi(sources.data(), flags.data(), ids.data(),
                                           static_cast<unsigned>(sources.size()), ModeFlag(mode), nullptr, &database,
                                           &error);
  *index_out = -1;
  if (code == HS_SUCCESS) return HsDatabase(database);
  std::string message = "compilation failed with library code " + std::to_string(code);
  if (error != nullptr) {
    message = error->message;
    *index_out = error->expression;
    hs_free_compile_error(error);
  }
  throw EngineError(error_code::kPattern, message);
}

HsDatabase HsDatabase::Deserialize(std::string_view bytes, HsMode mode) {
  UseDatabaseMemory();
  hs_database_t* database = nullptr;
  if (hs_deserialize_database(bytes.data(), bytes.size(), &database) != HS_SUCCESS) return {};
  // A database of the other mode would otherwise fail only at its first scan.
  size_t stream_bytes = 0;
  const bool is_stream = hs_stream_size(database, &stream_bytes) == HS_SUCCESS;
  if (is_stream != (mode == HsMode::kStream)) {
    hs_free_database(database);
    return {};
  }
  return HsDatabase(database);
}

std::string HsDatabase::Serialize() const {
  char* bytes = nullptr;
  size_t length = 0;
  if (const hs_error_t code = hs_serialize_database(database_, &bytes, &length); code != HS_SUCCESS) {
    ThrowScan("hs_serialize_database", code);
  }
  std::string out(bytes, length);
  std::free(bytes);
  return out;
}

size_t HsDatabase::Bytes() const {
  size_t bytes = 0;
  return database_ != nullptr && hs_database_size(database_, &bytes) == HS_SUCCESS ? bytes : 0;
}

size_t HsDatabase::StreamBytes() const {
  size_t bytes = 0;
  return database_ != nullptr && hs_stream_size(database_, &bytes) == HS_SUCCESS ? bytes : 0;
}

void HsDatabase::Scan(ByteView value, HsMatchSink sink, void* context) const {
  const hs_error_t code = hs_scan(database_, Data(value), static_cast<unsigned>(value.size()), 0,
                                  ScratchFor(generation_), sink, context);
  if (code != HS_SUCCESS && code != HS_SCAN_TERMINATED) ThrowScan("hs_scan", code);
}

HsStream::HsStream(const HsDatabase& database) : database_(&database) {
  if (const hs_error_t code = hs_open_stream(database.database_, 0, &stream_); code != HS_SUCCESS) {
    ThrowScan("hs_open_stream", code);
  }
}

HsStream::~HsStream() {
  // With no callback, nothing is reported and no scratch space is needed.
  if (stream_ != nullptr) hs_close_stream(stream_, nullptr, nullptr, nullptr);
}

HsStream HsStream::Copy() const {
  hs_stream_t* copy = nullptr;
  if (const hs_error_t code = hs_copy_stream(&copy, stream_); code != HS_SUCCESS) ThrowScan("hs_copy_stream", code);
  return HsStream(database_, copy);
}

void HsStream::Feed(ByteView chunk, HsMatchSink sink, void* context) {
  const hs_error_t code = hs_scan_stream(stream_, Data(chunk), static_cast<unsigned>(chunk.size()), 0,
                                         ScratchFor(database_->generation_), sink, context);
  if (code != HS_SUCCESS && code != HS_SCAN_TERMINATED) ThrowScan("hs_scan_stream", code);
}

void HsStream::Close(HsMatchSink sink, void* context) {
  hs_scratch_t* scratch = ScratchFor(database_->generation_);
  const hs_error_t code = hs_close_stream(std::exchange(stream_, nullptr), scratch, sink, context);
  if (code != HS_SUCCESS && code != HS_SCAN_TERMINATED) ThrowScan("hs_close_stream", code);
}

}  // namespace weir
