// The header fields of responses: HEADERS, the trailers that end a stream, and plain HTTP refusals.

#ifndef WEIR_TRANSPORT_RESPONSE_FIELDS_H_
#define WEIR_TRANSPORT_RESPONSE_FIELDS_H_

#include "stream.h"

#include <nghttp2/nghttp2.h>

namespace weir::transport {

// Submits a stream's HEADERS before its first message. All submit functions return nghttp2's error code.
int SubmitHead(nghttp2_session* h2, int32_t stream_id, const nghttp2_data_provider& data);

// Submits the status that ends a stream: in HEADERS if none were sent, otherwise in trailers.
int SubmitStatus(nghttp2_session* h2, const Stream& stream);

// Submits a plain HTTP response to a request that is not gRPC.
int SubmitRefusal(nghttp2_session* h2, int32_t stream_id, const char* http_status, const nghttp2_data_provider& data);

// The beginning of a text: at most this many bytes, and only whole UTF-8 characters.
std::string_view CutAtCharacter(std::string_view text, size_t bytes_max);

// Encodes a text for `grpc-message`: percent-encodes every byte that is not printable ASCII, every percent sign, and a space at
// either end, where header values may not have one (RFC 9113 §8.2.1).
std::string PercentEncode(std::string_view text);

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_RESPONSE_FIELDS_H_
