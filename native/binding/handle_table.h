// Process-wide objects by integer handle, reference-counted by environment: compile once, use in any thread. Handles are
// never reused. What an environment holds is released when it ends.

#ifndef WEIR_BINDING_HANDLE_TABLE_H_
#define WEIR_BINDING_HANDLE_TABLE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "../engine/error.h"

namespace weir {

// Identity of a JavaScript environment (a thread's); only compared.
using EnvironmentId = const void*;
using Handle = uint64_t;

template <typename T>
class HandleTable {
 public:
  explicit HandleTable(const char* noun) : noun_(noun) {}

  // `owner` gets one reference.
  Handle Add(std::shared_ptr<T> object, EnvironmentId owner) {
    const std::lock_guard lock(mutex_);
    const Handle handle = next_++;
    entries_.emplace(handle, Entry{std::move(object), {{owner, 1}}});
    return handle;
  }

  // The object stays valid while the returned pointer is kept, even after its release. Throws native.closed.
  std::shared_ptr<T> Get(Handle handle) {
    const std::lock_guard lock(mutex_);
    return Find(handle).object;
  }

  void Retain(Handle handle, EnvironmentId owner) {
    const std::lock_guard lock(mutex_);
    ++Find(handle).owners[owner];
  }

  // Moves one reference of another environment to `owner`. Throws native.argument when no other holds one.
  void Adopt(Handle handle, EnvironmentId owner) {
    const std::lock_guard lock(mutex_);
    Entry& entry = Find(handle);
    for (auto& [other, count] : entry.owners) {
      if (other == owner) continue;
      if (--count == 0) entry.owners.erase(other);
      ++entry.owners[owner];
      return;
    }
    throw EngineError(error_code::kArgument, Name(handle) + " is held by no other thread");
  }

  // Throws native.argument when `owner` holds no reference.
  void Release(Handle handle, EnvironmentId owner) {
    std::shared_ptr<T> last;  // Destroyed outside the lock.
    const std::lock_guard lock(mutex_);
    Entry& entry = Find(handle);
    const auto held = entry.owners.find(owner);
    if (held == entry.owners.end()) {
      throw EngineError(error_code::kArgument, "this thread holds no reference to " + Name(handle));
    }
    if (--held->second == 0) entry.owners.erase(held);
    if (entry.owners.empty()) last = Take(handle);
  }

  // Drops the object even if others hold it; false if it was already gone. Throws native.closed for a handle
  // that never existed.
  bool Remove(Handle handle) {
    std::shared_ptr<T> last;
    const std::lock_guard lock(mutex_);
    if (handle == 0 || handle >= next_) Find(handle);
    last = Take(handle);
    return last != nullptr;
  }

  void ReleaseAll(EnvironmentId owner) {
    std::unordered_map<Handle, std::shared_ptr<T>> last;
    const std::lock_guard lock(mutex_);
    for (auto entry = entries_.begin(); entry != entries_.end();) {
      entry->second.owners.erase(owner);
      if (entry->second.owners.empty()) {
        last.emplace(entry->first, std::move(entry->second.object));
        entry = entries_.erase(entry);
      } else {
        ++entry;
      }
    }
  }

  size_t Count() {
    const std::lock_guard lock(mutex_);
    return entries_.size();
  }

 private:
  struct Entry {
    std::shared_ptr<T> object;
    std::unordered_map<EnvironmentId, uint32_t> owners;
  };

  std::string Name(Handle handle) const { return std::string(noun_) + " " + std::to_string(handle); }

  Entry& Find(Handle handle) {
    const auto entry = entries_.find(handle);
    if (entry == entries_.end()) throw EngineError(error_code::kClosed, Name(handle) + " is not open");
    return entry->second;
  }

  std::shared_ptr<T> Take(Handle handle) {
    const auto entry = entries_.find(handle);
    if (entry == entries_.end()) return nullptr;
    std::shared_ptr<T> object = std::move(entry->second.object);
    entries_.erase(entry);
    return object;
  }

  const char* noun_;
  std::mutex mutex_;
  std::unordered_map<Handle, Entry> entries_;
  Handle next_ = 1;
};

}  // namespace weir

#endif  // WEIR_BINDING_HANDLE_TABLE_H_
