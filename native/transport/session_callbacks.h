// The callbacks of nghttp2, as functions of a session.

#ifndef WEIR_TRANSPORT_SESSION_CALLBACKS_H_
#define WEIR_TRANSPORT_SESSION_CALLBACKS_H_

#include "session.h"

namespace weir::transport {

struct SessionCallbacks {
  // An HTTP/2 server session whose callbacks all go to `session`. Throws std::bad_alloc.
  static nghttp2_session* CreateServer(Session& session, const SessionLimits& limits);

  // The source of a stream's DATA.
  static nghttp2_data_provider DataOf(Stream& stream);

 private:
  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_length,
                      const uint8_t* value, size_t value_length, uint8_t flags, void* user);
  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int OnDataChunk(nghttp2_session*, uint8_t flags, int32_t stream_id, const uint8_t* data, size_t length,
                         void* user);
  static int OnStreamClose(nghttp2_session*, int32_t stream_id, uint32_t error_code, void* user);
  static int OnFrameSent(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int SendData(nghttp2_session*, nghttp2_frame* frame, const uint8_t* frame_head, size_t length,
                      nghttp2_data_source* source, void* user);
  static ssize_t ReadData(nghttp2_session*, int32_t stream_id, uint8_t* buffer, size_t length, uint32_t* flags,
                          nghttp2_data_source* source, void* user);
};

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_SESSION_CALLBACKS_H_
