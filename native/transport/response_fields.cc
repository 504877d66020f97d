#include "response_fields.h"

#include <algorithm>
#include <array>

namespace weir::transport {
namespace {

// Longest `grpc-message` before encoding; Envoy's own limit for all headers is 60 KiB.
constexpr size_t kDetailsBytesMax = 1024;

// The result points to the texts; nghttp2 copies them.
nghttp2_nv Field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    return const_cast<uint8_t*>(reinterpret_cast<const uint8_t*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

const std::array<nghttp2_nv, 2> kHead{Field(":status", "200"), Field("content-type", "application/grpc+proto")};

}  // namespace

int SubmitHead(nghttp2_session* h2, int32_t stream_id, const nghttp2_data_provider& data) {
  return nghttp2_submit_response(h2, stream_id, kHead.data(), kHead.size(), &data);
}

int SubmitStatus(nghttp2_session* h2, const Stream& stream) {
  const std::string code = std::to_string(stream.status.code);
  const std::string details = PercentEncode(CutAtCharacter(stream.status.details, kDetailsBytesMax));
  const std::array<nghttp2_nv, 4> fields{kHead[0], kHead[1], Field("grpc-status", code), Field("grpc-message", details)};
  const size_t count = details.empty() ? fields.size() - 1 : fields.size();
  if (!stream.has_response) return nghttp2_submit_response(h2, stream.id, fields.data(), count, nullptr);
  return nghttp2_submit_trailer(h2, stream.id, fields.data() + kHead.size(), count - kHead.size());
}

int SubmitRefusal(nghttp2_session* h2, int32_t stream_id, const char* http_status, const nghttp2_data_provider& data) {
  const std::array<nghttp2_nv, 2> fields{Field(":status", http_status), Field("content-type", "text/plain")};
  return nghttp2_submit_response(h2, stream_id, fields.data(), fields.size(), &data);
}

std::string_view CutAtCharacter(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  // A UTF-8 character has at most three bytes after its first; more are not UTF-8.
  for (size_t back = 0; back <= std::min<size_t>(bytes_max, 3); ++back) {
    if ((static_cast<uint8_t>(text[bytes_max - back]) & 0xC0) != 0x80) return text.substr(0, bytes_max - back);
  }
  return text.substr(0, bytes_max);
}

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<uint8_t>(text[at]);
    const bool is_space_inside = byte == ' ' && at > 0 && at + 1 < text.size();
    if (is_space_inside || (byte > ' ' && byte <= '~' && byte != '%')) {
      encoded += text[at];
    } else {
      encoded.append(1, '%').append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
    }
  }
  return encoded;
}

}  // namespace weir::transport
