#include "tls_stream.h"

#include <openssl/err.h>

#include <new>

namespace weir::server {
namespace {

// Largest plain text of a record (RFC 8446 §5.1).
constexpr size_t kRecordBytesMax = 16 * 1024;

// Reasons from this number on are alerts that the peer sent, offset by it (OpenSSL's SSL_AD_REASON_OFFSET).
constexpr int kFirstAlertReason = 1000;

HandshakeResult ResultOf(unsigned long error) {
  const int reason = ERR_GET_REASON(error);
  if (reason >= kFirstAlertReason) return HandshakeResult::kRefused;
  return reason == SSL_R_CERTIFICATE_VERIFY_FAILED || reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE
             ? HandshakeResult::kCertificate
             : HandshakeResult::kProtocol;
}

}  // namespace

TlsStream::TlsStream(const TlsContext& context)
    : ssl_(context.NewConnection()), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())) {
  if (ssl_ == nullptr || in_ == nullptr || out_ == nullptr) throw std::bad_alloc();
  SSL_set_bio(ssl_.get(), in_, out_);
  SSL_set_accept_state(ssl_.get());
}

bool TlsStream::Receive(transport::ByteView sealed, transport::Bytes& plain) {
  if (is_broken_) return false;
  // The thread's error queue is shared with Node: it is read only after our own calls, and left empty.
  ERR_clear_error();
  BIO_write(in_, sealed.data(), static_cast<int>(sealed.size()));
  if (!is_open_ && !ShakeHands()) return !is_broken_;
  for (;;) {
    const size_t before = plain.size();
    plain.resize(before + kRecordBytesMax);
    size_t length = 0;
    const int result = SSL_read_ex(ssl_.get(), plain.data() + before, kRecordBytesMax, &length);
    plain.resize(before + length);
    if (result == 1) continue;
    const int error = SSL_get_error(ssl_.get(), result);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ) return true;
    is_broken_ = error != SSL_ERROR_ZERO_RETURN;
    return false;
  }
}

bool TlsStream::ShakeHands() {
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) {
    if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ) return false;
    OnHandshakeError();
    ERR_clear_error();
    return false;
  }
  const unsigned char* protocol = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(ssl_.get(), &protocol, &length);
  // A client that requests no protocol does not speak HTTP/2 (RFC 9113 §3.3).
  if (length == 0) {
    is_broken_ = true;
    result_ = HandshakeResult::kProtocol;
    reason_ = "no protocol asked for (ALPN)";
    return false;
  }
  is_open_ = true;
  result_ = HandshakeResult::kOk;
  return true;
}

void TlsStream::OnHandshakeError() {
  is_broken_ = true;
  const unsigned long error = ERR_peek_error();
  result_ = ResultOf(error);
  const long verified = SSL_get_verify_result(ssl_.get());
  const bool is_unverified = result_ == HandshakeResult::kCertificate && verified != X509_V_OK;
  const char* const reason = is_unverified ? X509_verify_cert_error_string(verified) : ERR_reason_error_string(error);
  reason_ = reason == nullptr ? "unknown" : reason;
}

bool TlsStream::Send(transport::ByteView plain) {
  if (is_broken_) return false;
  if (plain.empty()) return true;
  ERR_clear_error();
  size_t written = 0;
  is_broken_ = SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written) != 1;
  ERR_clear_error();
  return !is_broken_;
}

void TlsStream::End() {
  if (is_broken_ || !is_open_) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

void TlsStream::TakeOutput(transport::Bytes& sealed) {
  const size_t length = OutputBytes();
  const size_t before = sealed.size();
  sealed.resize(before + length);
  BIO_read(out_, sealed.data() + before, static_cast<int>(length));
}

}  // namespace weir::server
