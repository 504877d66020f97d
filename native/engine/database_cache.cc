#include "database_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace weir {
namespace {

constexpr std::string_view kMagic = "weirdb02";
constexpr uint64_t kSeedName = 0x9E3779B97F4A7C15;
constexpr uint64_t kSeedCheck = 0xC2B2AE3D27D4EB4F;

// Detects damage and names files. Not a defence against forgery: the key is compared byte by byte, and the folder belongs to the
// operator.
uint64_t Digest(std::string_view bytes, uint64_t seed) {
  constexpr uint64_t kMultiplier = 0xFF51AFD7ED558CCD;
  uint64_t state = seed ^ (bytes.size() * kMultiplier);
  size_t at = 0;
  // Four lanes, so that a multiplication need not wait for the previous one.
  std::array<uint64_t, 4> lanes{state, ~state, state * 3, state * 5};
  for (; at + sizeof lanes <= bytes.size(); at += sizeof lanes) {
    std::array<uint64_t, 4> words;
    std::memcpy(words.data(), bytes.data() + at, sizeof words);
    for (size_t n = 0; n < lanes.size(); ++n) {
      lanes[n] = (lanes[n] ^ words[n]) * kMultiplier;
      lanes[n] ^= lanes[n] >> 29;
    }
  }
  for (const uint64_t lane : lanes) state = (state ^ lane) * kMultiplier;
  while (at < bytes.size()) {
    uint64_t word = 0;
    const size_t step = std::min<size_t>(sizeof word, bytes.size() - at);
    std::memcpy(&word, bytes.data() + at, step);
    state = (state ^ word) * kMultiplier;
    state ^= state >> 29;
    at += step;
  }
  return state ^ (state >> 32);
}

std::string Hex(uint64_t value) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

void AppendNumber(std::string& out, uint64_t value) {
  for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>((value >> shift) & 0xFF);
}

uint64_t ReadNumber(std::string_view bytes) {
  uint64_t value = 0;
  for (unsigned n = 0; n < 8; ++n) value |= uint64_t{static_cast<uint8_t>(bytes[n])} << (8 * n);
  return value;
}

// Databases are deserialised without further checks, so a file is used only if nobody but this user (or root) can have written it.
bool IsOurs(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  return (status.st_uid == ::geteuid() || status.st_uid == 0) && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

struct FileBytes {
  std::unique_ptr<const char[]> bytes;
  size_t length = 0;
};

std::optional<FileBytes> ReadFile(const std::string& path) {
  if (!IsOurs(path)) return std::nullopt;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return std::nullopt;
  const std::streamoff length = file.tellg();
  if (length < 0) return std::nullopt;
  auto bytes = std::make_unique_for_overwrite<char[]>(static_cast<size_t>(length));
  file.seekg(0);
  if (!file.read(bytes.get(), length)) return std::nullopt;
  return FileBytes{std::move(bytes), static_cast<size_t>(length)};
}

bool WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

std::string DatabaseCache::PathOf(const std::string& key) const {
  return folder_ + "/" + Hex(Digest(key, kSeedName)) + Hex(Digest(key, kSeedCheck)) + ".hsdb";
}

// Layout: magic, key length, key, database length, database, digest of all before.
std::optional<CachedDatabase> DatabaseCache::Load(const std::string& key) const {
  if (folder_.empty()) return std::nullopt;
  std::optional<FileBytes> file = ReadFile(PathOf(key));
  const size_t overhead = kMagic.size() + 8 + key.size() + 8 + 8;
  if (!file || file->length < overhead) return std::nullopt;
  const std::string_view bytes(file->bytes.get(), file->length);
  if (bytes.substr(0, kMagic.size()) != kMagic) return std::nullopt;
  if (ReadNumber(bytes.substr(kMagic.size())) != key.size()) return std::nullopt;
  if (bytes.substr(kMagic.size() + 8, key.size()) != key) return std::nullopt;
  const size_t database_at = overhead - 8;
  const size_t database_length = bytes.size() - overhead;
  if (ReadNumber(bytes.substr(database_at - 8)) != database_length) return std::nullopt;
  const std::string_view checked = bytes.substr(0, bytes.size() - 8);
  if (ReadNumber(bytes.substr(checked.size())) != Digest(checked, kSeedCheck)) return std::nullopt;
  return CachedDatabase(std::move(file->bytes), bytes.substr(database_at, database_length));
}

bool DatabaseCache::Store(const std::string& key, const std::string& database) const {
  if (folder_.empty()) return false;
  std::error_code failure;
  std::filesystem::create_directories(folder_, failure);
  std::string bytes(kMagic);
  AppendNumber(bytes, key.size());
  bytes += key;
  AppendNumber(bytes, database.size());
  bytes += database;
  AppendNumber(bytes, Digest(bytes, kSeedCheck));

  static std::atomic<unsigned> serial{0};
  const std::string path = PathOf(key);
  const std::string beside = path + "." + std::to_string(::getpid()) + "." + std::to_string(++serial);
  const int descriptor = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return false;
  // Not synced to disk: the digest detects what was lost when the machine stopped, and syncing 80 files would take half a second.
  const bool written = WriteAll(descriptor, bytes);
  const bool stored = ::close(descriptor) == 0 && written && ::rename(beside.c_str(), path.c_str()) == 0;
  if (!stored) ::unlink(beside.c_str());
  return stored;
}

}  // namespace weir
