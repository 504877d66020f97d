// Number searches across the boundary. Equal ones are one, and they live as long as the process: there are as many as rules
// ever had, and no handle of them can go stale.

#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "../engine/number/search.h"
#include "functions.h"

namespace weir {
namespace {

// All searches of the process.
class NumberSearches {
 public:
  uint32_t Intern(const std::string& source, NumberCheck check) {
    const std::lock_guard lock(mutex_);
    const auto key = std::make_pair(source, check);
    if (const auto known = ids_.find(key); known != ids_.end()) return known->second;
    if (searches_.size() >= kSearchesMax) throw EngineError(error_code::kLimit, "too many patterns of numbers");
    searches_.push_back(std::make_unique<NumberSearch>(source, check));
    const auto id = static_cast<uint32_t>(searches_.size() - 1);
    ids_.emplace(key, id);
    return id;
  }

  const NumberSearch& Get(uint32_t id) {
    const std::lock_guard lock(mutex_);
    if (id >= searches_.size()) ThrowArgument("search is none of numberSearch");
    return *searches_[id];
  }

 private:
  // RE2 takes up to 8 MiB each.
  static constexpr size_t kSearchesMax = 256;
  std::mutex mutex_;
  std::vector<std::unique_ptr<NumberSearch>> searches_;
  std::map<std::pair<std::string, NumberCheck>, uint32_t> ids_;
};

NumberSearches& Searches() {
  // Never destroyed: workers may still search while the process ends.
  static auto* const searches = new NumberSearches;
  return *searches;
}

}  // namespace

Napi::Value InternNumberSearch(const Args& args) {
  const std::string source = checked::ByteString(args.At(0), "source");
  const uint32_t check = args.Index(1, "check");
  if (check >= kNumberChecks) ThrowArgument("check is out of range");
  return Napi::Number::New(args.env(), Searches().Intern(source, static_cast<NumberCheck>(check)));
}

Napi::Value FindNumber(const Args& args) {
  const NumberSearch& search = Searches().Get(args.Index(0, "search"));
  const ByteView text = args.Bytes(1, "text");
  return Napi::Boolean::New(args.env(), search.Finds(text, args.Index(2, "from"), args.Index(3, "startsTo")));
}

}  // namespace weir
