// Interaction of threads: many scan with one program, a stream moves from the event loop to a thread of the pool and back, rule
// sets are replaced in the meantime. Results are those of one thread alone; ThreadSanitizer (test/sanitizers) detects races.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include "../../native/binding/shared_sets.h"
#include "engine_fixture.h"

using weir::PatternEngine;
using weir::PatternSet;
using weir_test::CodeOf;
using weir_test::EndsIn;
using weir_test::Exact;
using weir_test::Literal;
using weir_test::PatternEnds;
using weir_test::Program;
using weir_test::Regex;
using weir_test::ScanBlock;
using weir_test::ScanStream;
using weir_test::Show;

namespace {

constexpr int kThreads = 4;

std::shared_ptr<const PatternSet> SomeSet() {
  return PatternSet::Compile({Regex(1, "sel.ct"), Regex(2, "un(?:ion)?\\b"), Regex(3, "t>\\z", PatternEngine::kRe2),
                              Literal(4, "sleep(")},
                             "");
}

std::shared_ptr<const weir::ScanProgram> SomeProgram() {
  const auto set = SomeSet();
  return Program({{"urlDecodeUni", "lowercase"}, {"removeNulls"}}, {set, set});
}

std::vector<std::string> SomeValues() {
  std::vector<std::string> values{"", "a select b", "UNION%20SELECT x", "<script>", "%53leep%28 9)", "s%65lect<b>"};
  values.push_back(std::string(3'000, 'x') + "select" + std::string(3'000, 'y') + "t>");
  return values;
}

// A pool like libuv's: work is passed under a lock, and so is its end.
class Pool {
 public:
  explicit Pool(int threads) {
    for (int n = 0; n < threads; ++n) threads_.emplace_back([this] { Work(); });
  }
  ~Pool() {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  std::future<void> Run(std::function<void()> work) {
    auto task = std::make_shared<std::packaged_task<void()>>(std::move(work));
    std::future<void> done = task->get_future();
    {
      const std::lock_guard lock(mutex_);
      work_.push_back([task] { (*task)(); });
    }
    wake_.notify_one();
    return done;
  }

 private:
  void Work() {
    for (;;) {
      std::function<void()> next;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return is_over_ || !work_.empty(); });
        if (work_.empty()) return;
        next = std::move(work_.front());
        work_.pop_front();
      }
      next();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> work_;
  bool is_over_ = false;
  std::vector<std::thread> threads_;
};

std::vector<uint32_t> HitBuffer() { return std::vector<uint32_t>(weir::kHitHeaderWords + weir::kHitWords * 100); }

}  // namespace

TEST(ThreadsScanWithOneProgramAtOnce) {
  const auto program = SomeProgram();
  const std::vector<std::string> values = SomeValues();
  std::vector<std::string> alone;
  for (const std::string& value : values) alone.push_back(Show(ScanBlock(*program, value)));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int n = 0; n < kThreads; ++n) {
    threads.emplace_back([&, n] {
      for (int round = 0; round < 50; ++round) {
        const size_t at = static_cast<size_t>(round + n) % values.size();
        const Exact bytes(values[at]);
        std::vector<uint32_t> hits = HitBuffer();
        const std::vector<uint32_t> fields{0, 0, static_cast<uint32_t>(values[at].size())};
        weir::ThreadBatchScan().Run(*program, bytes.view(), fields, 1, hits);
        if (Show(EndsIn(hits)) != alone[at]) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_EQ(wrong.load(), 0);
}

TEST(ThreadsScanWhileRuleSetsComeAndGo) {
  auto& programs = weir::ScanPrograms();
  const int environment = 0;
  const std::vector<std::string> values = SomeValues();
  std::vector<std::string> alone;
  for (const std::string& value : values) alone.push_back(Show(ScanBlock(*SomeProgram(), value)));
  // The current program: the reload replaces it and releases the previous one, which running scans still use.
  std::atomic<weir::Handle> in_force{programs.Add(SomeProgram(), &environment)};
  std::atomic<bool> is_over{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> scanners;
  for (int n = 0; n < kThreads; ++n) {
    scanners.emplace_back([&, n] {
      for (size_t round = static_cast<size_t>(n); !is_over; ++round) {
        const std::string& value = values[round % values.size()];
        std::shared_ptr<const weir::ScanProgram> program;
        // It may be gone between the check and the call, as for a scan that is begun with a closed plan.
        if (!CodeOf([&] { program = programs.Get(in_force); }).empty()) continue;
        if (Show(ScanBlock(*program, value)) != alone[round % values.size()]) ++wrong;
      }
    });
  }
  for (int reload = 0; reload < 10; ++reload) {
    const weir::Handle fresh = programs.Add(SomeProgram(), &environment);
    programs.Release(in_force.exchange(fresh), &environment);
  }
  is_over = true;
  for (std::thread& thread : scanners) thread.join();
  programs.ReleaseAll(&environment);
  CHECK_EQ(wrong.load(), 0);
}

TEST(ThreadsOfThePoolScanStreamsAndGiveThemBack) {
  const auto program = SomeProgram();
  const int environment = 0;
  auto& streams = weir::Streams();
  Pool pool(kThreads);
  const std::string value = "%53elect un" + std::string(5'000, 'z') + "ion sleep( <script>";
  const std::string expected = Show(ScanStream(program, value, {4, 11, 3'000, 5'020}, false));
  for (int round = 0; round < 20; ++round) {
    const weir::Handle handle =
        streams.Add(std::make_shared<weir::SharedStream>(program, 0), &environment);
    PatternEnds ends;
    std::vector<uint32_t> hits = HitBuffer();
    const std::vector<size_t> cuts{0, 4, 11, 3'000, 5'020, value.size()};
    for (size_t n = 1; n < cuts.size(); ++n) {
      const Exact chunk(std::string_view(value).substr(cuts[n - 1], cuts[n] - cuts[n - 1]));
      auto use = std::make_shared<weir::StreamUse>(streams.Get(handle));
      const auto feed = [&chunk, &hits, &use] {
        use->scan().Feed(chunk.view(), hits, false);
        use.reset();
      };
      // In turns: in the pool, where the event loop finds it busy, and on the event loop.
      if (n % 2 == 1) {
        std::promise<void> looked;
        std::future<void> done = pool.Run([&] {
          looked.get_future().wait();
          feed();
        });
        CHECK_EQ(CodeOf([&] { weir::StreamUse other(streams.Get(handle)); }), weir::error_code::kBusy);
        looked.set_value();
        done.get();
      } else {
        feed();
      }
      for (const auto& [id, to] : EndsIn(hits)) ends[id] = to;
    }
    {
      weir::StreamUse last(streams.Get(handle));
      last.scan().End(hits);
      last.MarkEnded();
    }
    for (const auto& [id, to] : EndsIn(hits)) ends[id] = to;
    CHECK_EQ(Show(ends), expected);
    CHECK_EQ(CodeOf([&] { weir::StreamUse other(streams.Get(handle)); }), weir::error_code::kClosed);
    streams.Release(handle, &environment);
  }
}

TEST(ThreadsOfThePoolScanStreamsThatAreDiscarded) {
  const auto program = SomeProgram();
  const int environment = 0;
  auto& streams = weir::Streams();
  Pool pool(kThreads);
  const std::string value(20'000, 's');
  std::vector<std::future<void>> done;
  for (int round = 0; round < 40; ++round) {
    const weir::Handle handle =
        streams.Add(std::make_shared<weir::SharedStream>(program, 0), &environment);
    auto use = std::make_shared<weir::StreamUse>(streams.Get(handle));
    done.push_back(pool.Run([&value, use]() mutable {
      std::vector<uint32_t> hits = HitBuffer();
      const Exact chunk(value);
      use->scan().Feed(chunk.view(), hits, false);
      use.reset();
    }));
    use.reset();
    // The exchange is over: the running scan has what it needs, and frees it.
    CHECK(streams.Remove(handle));
    CHECK_EQ(CodeOf([&] { streams.Get(handle); }), weir::error_code::kClosed);
  }
  for (std::future<void>& one : done) one.get();
}

TEST(ThreadsLoadOneCacheAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int n = 0; n < kThreads; ++n) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        const auto program = SomeProgram();
        if (Show(ScanBlock(*program, "a select b")).empty()) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_EQ(wrong.load(), 0);
}
