// Spreads independent pieces of work over the machine's cores while rules are loaded.

#ifndef WEIR_ENGINE_PARALLEL_H_
#define WEIR_ENGINE_PARALLEL_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <future>
#include <thread>
#include <vector>

namespace weir {

// More threads do not load faster: they wait for memory.
constexpr size_t kParallelThreadsMax = 8;

// Calls `work` once with each index below `count`, in this thread and others, and returns when all are done. Throws the first error
// of any thread; indexes that no thread had begun by then may be left out.
template <typename Work>
void ForEachInParallel(size_t count, const Work& work) {
  std::atomic<size_t> next{0};
  const auto take = [&] {
    for (size_t index = next++; index < count; index = next++) work(index);
  };
  const size_t threads = std::min({count, kParallelThreadsMax, size_t{std::max(1U, std::thread::hardware_concurrency())}});
  std::vector<std::future<void>> others;
  for (size_t n = 1; n < threads; ++n) others.push_back(std::async(std::launch::async, take));
  std::future<void> own = std::async(std::launch::deferred, take);
  own.wait();
  for (std::future<void>& other : others) other.wait();
  own.get();
  for (std::future<void>& other : others) other.get();
}

}  // namespace weir

#endif  // WEIR_ENGINE_PARALLEL_H_
