// Objects that are made once and found by a key while somebody holds them. Keys are compared whole.

#ifndef WEIR_ENGINE_SHARED_BY_KEY_H_
#define WEIR_ENGINE_SHARED_BY_KEY_H_

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace weir {

// Thread-safe. Must outlive every object that it returned.
template <typename T>
class SharedByKey {
 public:
  // The object of this key; null when there is none, or nobody holds it any more.
  std::shared_ptr<const T> Find(std::string_view key) const {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(key);
    return entry == entries_.end() ? nullptr : entry->second.object.lock();
  }

  // The object that now has this key: the one given, or that of another thread that was first.
  std::shared_ptr<const T> Add(std::string key, std::unique_ptr<T> object) {
    const auto kept_key = std::make_shared<const std::string>(std::move(key));
    const auto free = [this, kept_key](const T* last) {
      Forget(*kept_key);
      delete last;
    };
    // Freeing an object takes the lock. So the pointer is made before the lock is taken, and an object that is not kept, or for
    // which memory ran out, is freed after it is released.
    std::shared_ptr<const T> shared(static_cast<const T*>(object.release()), free);
    const std::lock_guard lock(mutex_);
    if (const auto entry = entries_.find(*kept_key); entry != entries_.end()) {
      if (std::shared_ptr<const T> known = entry->second.object.lock()) return known;
      entries_.erase(entry);
    }
    entries_.emplace(std::string_view(*kept_key), Entry{kept_key, shared});
    return shared;
  }

  size_t size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
  }

 private:
  struct Entry {
    // The text that the map's own key is a view of.
    std::shared_ptr<const std::string> key;
    std::weak_ptr<const T> object;
  };

  void Forget(std::string_view key) {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(key);
    // Another object may have been stored under the key meanwhile.
    if (entry != entries_.end() && entry->second.object.expired()) entries_.erase(entry);
  }

  mutable std::mutex mutex_;
  std::unordered_map<std::string_view, Entry> entries_;
};

}  // namespace weir

#endif  // WEIR_ENGINE_SHARED_BY_KEY_H_
