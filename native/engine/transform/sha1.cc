// t:sha1: the 20 bytes of the digest (FIPS 180-4), not its hexadecimal form.

#include <bit>

#include "digest.h"
#include "machine.h"

namespace weir {
namespace {

struct Sha1Core {
  static constexpr bool kIsBigEndian = true;
  static constexpr std::array<uint32_t, 5> kInitial = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};

  static void Block(std::array<uint32_t, 5>& state, const std::array<uint32_t, 16>& words) {
    std::array<uint32_t, 80> schedule;
    std::copy(words.begin(), words.end(), schedule.begin());
    for (size_t n = 16; n < schedule.size(); ++n) {
      schedule[n] = std::rotl(schedule[n - 3] ^ schedule[n - 8] ^ schedule[n - 14] ^ schedule[n - 16], 1);
    }
    auto [a, b, c, d, e] = state;
    for (size_t n = 0; n < schedule.size(); ++n) {
      uint32_t mixed = 0;
      uint32_t constant = 0;
      if (n < 20) {
        mixed = (b & c) | (~b & d);
        constant = 0x5a827999;
      } else if (n < 40) {
        mixed = b ^ c ^ d;
        constant = 0x6ed9eba1;
      } else if (n < 60) {
        mixed = (b & c) | (b & d) | (c & d);
        constant = 0x8f1bbcdc;
      } else {
        mixed = b ^ c ^ d;
        constant = 0xca62c1d6;
      }
      const uint32_t sum = std::rotl(a, 5) + mixed + e + constant + schedule[n];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = sum;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
  }
};

}  // namespace

extern constinit const TransformKind kSha1Kind = KindOf<DigestMachine<Sha1Core>>("sha1");

}  // namespace weir
