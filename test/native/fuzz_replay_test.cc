// A short, seeded replay of fuzzing: the corpora of test/fuzz/corpus, inputs derived from them, and random inputs.

#include <fstream>

#include "fuzz.h"
#include "harness.h"

namespace {

using Input = std::vector<uint8_t>;

int HexValue(char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; }

// A line of a corpus: literal bytes, and \xHH. See test/fuzz/corpus.ts.
Input InputOf(const std::string& line) {
  Input input;
  for (size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\\' && at + 3 < line.size()) {
      input.push_back(static_cast<uint8_t>(HexValue(line[at + 2]) * 16 + HexValue(line[at + 3])));
      at += 3;
    } else {
      input.push_back(static_cast<uint8_t>(line[at]));
    }
  }
  return input;
}

std::vector<Input> CorpusOf(std::string_view target) {
  std::ifstream file("test/fuzz/corpus/" + std::string(target) + ".txt");
  std::vector<Input> inputs;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) inputs.push_back(InputOf(line));
  }
  return inputs;
}

Input Invent(weir_test::Random& random) {
  static const std::vector<std::string> parts{"ab", "a", "b", "c", " ", "union", "select", "<scr", "%41", "&lt;", "%u0041",
                                              "/etc/passwd", "\\x00", "..", "/", "YWI=", "^", "\"", "%", "&#x61;", ","};
  Input input;
  for (uint32_t n = 0; n < 12; ++n) input.push_back(static_cast<uint8_t>(random.Below(256)));
  for (uint32_t n = random.Below(20); n > 0; --n) {
    if (random.Below(4) == 0) {
      input.push_back(static_cast<uint8_t>(random.Below(256)));
      continue;
    }
    const std::string& part = parts[random.Below(static_cast<uint32_t>(parts.size()))];
    input.insert(input.end(), part.begin(), part.end());
  }
  return input;
}

void Change(weir_test::Random& random, Input& input) {
  for (uint32_t n = 1 + random.Below(3); n > 0 && !input.empty(); --n) {
    const auto at = input.begin() + random.Below(static_cast<uint32_t>(input.size()));
    if (random.Below(3) == 0) {
      input.erase(at);
    } else {
      *at = static_cast<uint8_t>(random.Below(256));
    }
  }
}

void Replay(const FuzzTarget& target, int invented) {
  weir_test::Random random(21);
  const std::vector<Input> corpus = CorpusOf(target.name);
  CHECK(!corpus.empty());
  for (Input input : corpus) {
    target.run(input);
    Change(random, input);
    target.run(input);
  }
  for (int round = 0; round < invented; ++round) target.run(Invent(random));
}

}  // namespace

TEST(FuzzReplayOfTransforms) { Replay(kFuzzTargets[0], 20'000); }
TEST(FuzzReplayOfDetectors) { Replay(kFuzzTargets[1], 20'000); }
TEST(FuzzReplayOfScans) { Replay(kFuzzTargets[2], 1'500); }
TEST(FuzzReplayOfPrograms) { Replay(kFuzzTargets[3], 1'000); }
TEST(FuzzReplayOfTheCache) { Replay(kFuzzTargets[4], 50); }
TEST(FuzzReplayOfSessions) { Replay(kFuzzTargets[5], 5'000); }
