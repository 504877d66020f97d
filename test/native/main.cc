// Runs every case, or those whose name contains the first argument.

#include "harness.h"

int main(int argc, char** argv) {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  int run = 0;
  int failed = 0;
  for (const weir_test::Case& test : weir_test::Cases()) {
    if (std::string_view(test.name).find(wanted) == std::string_view::npos) continue;
    const int before = weir_test::Failures();
    ++run;
    try {
      test.run();
    } catch (const std::exception& error) {
      weir_test::Fail(test.name, 0, error.what());
    }
    const bool passed = weir_test::Failures() == before;
    if (!passed) ++failed;
    std::cout << (passed ? "ok   " : "FAIL ") << test.name << "\n";
  }
  std::cout << run - failed << " passed, " << failed << " failed\n";
  return failed == 0 && run > 0 ? 0 : 1;
}
