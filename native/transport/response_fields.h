// The header fields of responses: the head, the trailers that a stream ends with, and the refusals of HTTP.

#ifndef WEIR_TRANSPORT_RESPONSE_FIELDS_H_
#define WEIR_TRANSPORT_RESPONSE_FIELDS_H_

#include "stream.h"

#include <nghttp2/nghttp2.h>

namespace weir::transport {

// A stream's HEADERS before its first message. Both submit functions return nghttp2's error code.
int SubmitHead(nghttp2_session* h2, int32_t stream_id, const nghttp2_data_provider& data);

// How a stream ends: alone when no HEADERS went before, else as trailers.
int SubmitStatus(nghttp2_session* h2, const Stream& stream);

// A plain HTTP response, to a request that is not gRPC.
int SubmitRefusal(nghttp2_session* h2, int32_t stream_id, const char* http_status, const nghttp2_data_provider& data);

// The beginning of a text, at most this many bytes, and whole UTF-8 characters only.
std::string_view CutAtCharacter(std::string_view text, size_t bytes_max);

// A text encoded for `grpc-message`: all bytes except printable ASCII, and the percent sign, are
// percent-encoded. So is a space at either end, where no field may have one (RFC 9113 §8.2.1).
std::string PercentEncode(std::string_view text);

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_RESPONSE_FIELDS_H_
