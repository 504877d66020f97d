// The headers that a stream is opened with: those needed to serve it are parsed as they arrive, the rest is
// kept as bytes.

#ifndef WEIR_TRANSPORT_REQUEST_HEAD_H_
#define WEIR_TRANSPORT_REQUEST_HEAD_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bytes.h"

namespace weir::transport {

class RequestHead {
 public:
  // False: they are more than `bytes_max`, counted as RFC 9113 §6.5.2 does.
  bool Add(std::string_view name, std::string_view value, size_t bytes_max);

  bool IsPost() const { return is_post_; }
  // "application/grpc", with or without a subtype or parameters.
  bool IsGrpc() const { return is_grpc_; }
  // Whether its messages may be compressed.
  bool IsEncoded() const { return is_encoded_; }
  // Until its deadline ("gRPC over HTTP/2", Timeout); 0: it has none.
  uint32_t timeout_ms() const { return timeout_ms_; }
  // Whether it has a deadline that cannot be parsed.
  bool IsTimeoutMalformed() const { return is_timeout_malformed_; }
  // Of the path in `methods`.
  std::optional<uint32_t> MethodIn(const std::vector<std::string>& methods) const;

  // The first value of a name in lower case; nothing when there is none.
  std::optional<std::string_view> Value(std::string_view name) const;

 private:
  std::string path_;
  bool is_post_ = false;
  bool is_grpc_ = false;
  bool is_encoded_ = false;
  bool is_timeout_malformed_ = false;
  uint32_t timeout_ms_ = 0;
  size_t bytes_ = 0;
  // Name, NUL, value, NUL; HTTP/2 allows neither to hold one.
  std::string fields_;
};

// "10S", "250m": at most eight digits and a unit. Nothing for what is none.
std::optional<uint32_t> ParseGrpcTimeout(std::string_view text);

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_REQUEST_HEAD_H_
