// TLS of one connection: received encrypted bytes go in, plain bytes come out, and the other way round. Knows no socket.

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
  kCertificate = 1,  // The peer presented none, or one that is not accepted.
  kRefused = 2,      // The peer did not accept our certificate or parameters.
  kProtocol = 3,     // The peer does not use TLS, or shares no version, cipher or HTTP/2 with us.
  kTimeout = 4,
  kTooMany = 5,
  kGone = 6,  // The peer left.
};

class TlsStream {
 public:
  explicit TlsStream(const TlsContext& context);

  // Takes encrypted bytes and appends their plain text to `plain`. False: TLS has ended, by an error or because the peer ended it;
  // the output then holds an alert for the peer.
  bool Receive(transport::ByteView sealed, transport::Bytes& plain);

  // Encrypts bytes. False: it failed. Only after the handshake.
  bool Send(transport::ByteView plain);

  // Appends close_notify to the output: nothing more will be sent.
  void End();

  // Bytes of output. TLS itself may have something to send: it replies to messages of the peer.
  size_t OutputBytes() const { return BIO_ctrl_pending(out_); }

  // Moves the output to the end of `sealed`.
  void TakeOutput(transport::Bytes& sealed);

  // Whether the handshake is done.
  bool IsOpen() const { return is_open_; }

  // Why a handshake failed; the reason is OpenSSL's text, which contains nothing that the peer sent.
  HandshakeResult result() const { return result_; }
  const char* reason() const { return reason_; }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  bool ShakeHands();
  void OnHandshakeError();

  std::unique_ptr<SSL, Free> ssl_;
  BIO* in_;   // Owned by `ssl_`, as is `out_`.
  BIO* out_;
  bool is_open_ = false;
  bool is_broken_ = false;  // OpenSSL must not be called any more.
  HandshakeResult result_ = HandshakeResult::kGone;
  const char* reason_ = "";
};

}  // namespace weir::server

#endif  // WEIR_SERVER_TLS_STREAM_H_
