// The headers that open a stream: those needed to serve it are parsed as they arrive, the rest is kept as bytes.

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
  // False if the headers exceed `bytes_max`, counted as in RFC 9113 §6.5.2.
  bool Add(std::string_view name, std::string_view value, size_t bytes_max);

  bool IsPost() const { return is_post_; }
  // "application/grpc", with or without a subtype or parameters.
  bool IsGrpc() const { return is_grpc_; }
  // Whether the messages may be compressed.
  bool IsEncoded() const { return is_encoded_; }
  // Milliseconds until the deadline ("gRPC over HTTP/2", Timeout); 0: none.
  uint32_t timeout_ms() const { return timeout_ms_; }
  // Whether there is a timeout that cannot be parsed.
  bool IsTimeoutMalformed() const { return is_timeout_malformed_; }
  // The index of the path in `methods`.
  std::optional<uint32_t> MethodIn(const std::vector<std::string>& methods) const;

  // The first value of the header `name` (lower case), if there is one.
  std::optional<std::string_view> Value(std::string_view name) const;

 private:
  std::string path_;
  bool is_post_ = false;
  bool is_grpc_ = false;
  bool is_encoded_ = false;
  bool is_timeout_malformed_ = false;
  uint32_t timeout_ms_ = 0;
  size_t bytes_ = 0;
  // Name, NUL, value, NUL; HTTP/2 allows neither to contain a NUL.
  std::string fields_;
};

// Parses "10S", "250m": at most eight digits and a unit. Nothing if the text is not a timeout.
std::optional<uint32_t> ParseGrpcTimeout(std::string_view text);

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_REQUEST_HEAD_H_
