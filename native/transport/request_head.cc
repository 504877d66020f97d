#include "request_head.h"

#include <algorithm>

namespace weir::transport {
namespace {

// Counted for each field in addition to its bytes (RFC 9113 §6.5.2).
constexpr size_t kFieldOverheadBytes = 32;

constexpr std::string_view kContentType = "application/grpc";

bool IsGrpcType(std::string_view value) {
  if (!value.starts_with(kContentType)) return false;
  return value.size() == kContentType.size() || value[kContentType.size()] == '+' || value[kContentType.size()] == ';';
}

// The microseconds in a unit.
uint64_t UnitUs(char unit) {
  switch (unit) {
    case 'H':
      return 3'600'000'000;
    case 'M':
      return 60'000'000;
    case 'S':
      return 1'000'000;
    case 'm':
      return 1'000;
    case 'u':
    case 'n':
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::optional<uint32_t> ParseGrpcTimeout(std::string_view text) {
  constexpr size_t kDigitsMax = 8;
  constexpr uint64_t kLongestMs = 0x7FFFFFFF;
  if (text.size() < 2 || text.size() > kDigitsMax + 1) return std::nullopt;
  const uint64_t unit_us = UnitUs(text.back());
  if (unit_us == 0) return std::nullopt;
  uint64_t number = 0;
  for (const char digit : text.substr(0, text.size() - 1)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<uint64_t>(digit - '0');
  }
  // A timeout below a millisecond counts as one millisecond.
  return static_cast<uint32_t>(std::clamp<uint64_t>(number * unit_us / 1000, 1, kLongestMs));
}

bool RequestHead::Add(std::string_view name, std::string_view value, size_t bytes_max) {
  bytes_ += name.size() + value.size() + kFieldOverheadBytes;
  if (bytes_ > bytes_max) return false;
  if (name.starts_with(':')) {
    if (name == ":path") path_ = value;
    if (name == ":method") is_post_ = value == "POST";
    return true;
  }
  if (name == "content-type") is_grpc_ = IsGrpcType(value);
  if (name == "grpc-encoding") is_encoded_ = value != "identity";
  if (name == "grpc-timeout") {
    const auto timeout = ParseGrpcTimeout(value);
    timeout_ms_ = timeout.value_or(0);
    is_timeout_malformed_ |= !timeout.has_value();
  }
  fields_.append(name).append(1, '\0').append(value).append(1, '\0');
  return true;
}

std::optional<uint32_t> RequestHead::MethodIn(const std::vector<std::string>& methods) const {
  const auto found = std::find(methods.begin(), methods.end(), path_);
  if (found == methods.end()) return std::nullopt;
  return static_cast<uint32_t>(found - methods.begin());
}

std::optional<std::string_view> RequestHead::Value(std::string_view name) const {
  std::string_view rest = fields_;
  while (!rest.empty()) {
    const size_t name_end = rest.find('\0');
    const size_t value_end = rest.find('\0', name_end + 1);
    if (rest.substr(0, name_end) == name) return rest.substr(name_end + 1, value_end - name_end - 1);
    rest.remove_prefix(value_end + 1);
  }
  return std::nullopt;
}

}  // namespace weir::transport
