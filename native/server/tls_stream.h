// One connection's TLS: encrypted bytes received go in, plain bytes come out, and the other way round. Knows
// no socket.

#ifndef WEIR_SERVER_TLS_STREAM_H_
#define WEIR_SERVER_TLS_STREAM_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "../transport/bytes.h"
#include "tls_context.h"

namespace weir::server {

// How a handshake ends. The numbers are those of src/ext-proc/native-addon.ts.
enum class HandshakeResult : uint32_t {
  kOk = 0,
  kCertificate = 1,  // The peer showed none, or one that is not accepted.
  kRefused = 2,      // The peer did not accept ours, or what else was agreed on.
  kProtocol = 3,     // It does not speak TLS, or no version, cipher or HTTP/2 in common.
  kTimeout = 4,
  kTooMany = 5,
  kGone = 6,  // The peer left.
};

class TlsStream {
 public:
  explicit TlsStream(const TlsContext& context);

  // Takes encrypted bytes, and appends their contents to `plain`. False: TLS has ended, by an error or
  // because the peer ended it; an alert for the peer is in the output.
  bool Receive(transport::ByteView sealed, transport::Bytes& plain);

  // Seals bytes. False: it failed. Only when it is open.
  bool Send(transport::ByteView plain);

  // Says that nothing more will be sent.
  void End();

  // What is to be written. TLS itself may have something to send, too: it replies to requests of the peer.
  size_t OutputBytes() const { return BIO_ctrl_pending(out_); }

  // Moves what is to be written to the end of `sealed`.
  void TakeOutput(transport::Bytes& sealed);

  // The handshake is done.
  bool IsOpen() const { return is_open_; }

  // Of a handshake that failed: why, and in OpenSSL's words, in which is nothing of the peer's.
  HandshakeResult result() const { return result_; }
  const char* reason() const { return reason_; }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  bool ShakeHands();
  void OnHandshakeError();

  std::unique_ptr<SSL, Free> ssl_;
  BIO* in_;   // Of `ssl_`, as `out_` is.
  BIO* out_;
  bool is_open_ = false;
  bool is_broken_ = false;  // OpenSSL must not be asked for anything any more.
  HandshakeResult result_ = HandshakeResult::kGone;
  const char* reason_ = "";
};

}  // namespace weir::server

#endif  // WEIR_SERVER_TLS_STREAM_H_
