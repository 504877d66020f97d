#include "../../native/engine/shared_by_key.h"

#include <atomic>
#include <thread>
#include <vector>

#include "harness.h"

namespace {

std::atomic<int> alive{0};

struct Counted {
  explicit Counted(int given) : number(given) { ++alive; }
  ~Counted() { --alive; }
  int number;
};

}  // namespace

TEST(SharedByKeyReturnsObjectsThatAreHeld) {
  weir::SharedByKey<Counted> shared;
  CHECK(shared.Find("a") == nullptr);
  auto first = shared.Add("a", std::make_unique<Counted>(1));
  CHECK_EQ(shared.Find("a")->number, 1);
  CHECK(shared.Find("b") == nullptr);
  // The second caller gets the existing object.
  CHECK_EQ(shared.Add("a", std::make_unique<Counted>(2))->number, 1);
  CHECK_EQ(alive.load(), 1);
  first.reset();
  CHECK_EQ(alive.load(), 0);
  CHECK_EQ(shared.size(), 0u);
  CHECK(shared.Find("a") == nullptr);
  CHECK_EQ(shared.Add("a", std::make_unique<Counted>(3))->number, 3);
  CHECK_EQ(shared.size(), 0u);
}

TEST(SharedByKeyKeepsObjectsThatThreadsAddAgain) {
  weir::SharedByKey<Counted> shared;
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&shared, n] {
      for (int round = 0; round < 2'000; ++round) {
        const std::string key(1, static_cast<char>('a' + round % 3));
        std::shared_ptr<const Counted> held = shared.Find(key);
        if (!held) held = shared.Add(key, std::make_unique<Counted>(n));
        CHECK(shared.Find(key) == held);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_EQ(alive.load(), 0);
  CHECK_EQ(shared.size(), 0u);
}
