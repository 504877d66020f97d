#include "tls_context.h"

#include <dlfcn.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <stdexcept>
#include <string>

namespace weir::server {
namespace {

// The TLS 1.2 cipher suites that HTTP/2 allows: ephemeral keys and authenticated encryption (RFC 9113, appendix A lists those that
// it forbids).
constexpr const char* kTls12Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

constexpr std::string_view kHttp2{"\x02h2", 3};

template <typename Type, void (*FreeOne)(Type*)>
struct FreeWith {
  void operator()(Type* one) const { FreeOne(one); }
};
void FreeBio(BIO* bio) { BIO_free(bio); }
using Bio = std::unique_ptr<BIO, FreeWith<BIO, FreeBio>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY, EVP_PKEY_free>>;

// The thread's error queue is shared with Node, so it is left empty.
[[noreturn]] void Fail(const char* what) {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  throw std::runtime_error(reason == nullptr ? std::string(what) : std::string(what) + ": " + reason);
}

Bio Open(std::string_view pem) { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

// Keys with a password are not supported, so do not prompt for one.
int NoPassword(char*, int, int, void*) { return -1; }

Certificate NextCertificate(BIO* bio) { return Certificate(PEM_read_bio_X509(bio, nullptr, NoPassword, nullptr)); }

int SelectHttp2(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* offered,
                unsigned int offered_length, void*) {
  const auto* const ours = reinterpret_cast<const unsigned char*>(kHttp2.data());
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, ours, kHttp2.size(), offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// A call of a function in a library that is missing would end the process.
void CheckLibrary() {
  if (dlsym(RTLD_DEFAULT, "SSL_CTX_new") == nullptr || OpenSSL_version_num() >> 28 != OPENSSL_VERSION_MAJOR) {
    throw std::runtime_error("this Node does not offer its OpenSSL " + std::to_string(OPENSSL_VERSION_MAJOR));
  }
}

}  // namespace

TlsContext::TlsContext(const TlsMaterial& material) {
  CheckLibrary();
  ERR_clear_error();
  context_.reset(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (context_ == nullptr) Fail("no TLS");
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // Sessions are not resumed, since that skips the certificates: each connection is verified again. Connections stay open for long
  // anyway.
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, SelectHttp2, nullptr);
  if (SSL_CTX_set_cipher_list(context, kTls12Ciphers) != 1) Fail("no ciphers");
  UseCertificate(material.certificate);
  UseKey(material.key);
  if (!material.client_authorities.empty()) AskClients(material.client_authorities);
  ERR_clear_error();
}

void TlsContext::UseCertificate(std::string_view pem) {
  const Bio bio = Open(pem);
  const Certificate own = NextCertificate(bio.get());
  if (own == nullptr || SSL_CTX_use_certificate(context_.get(), own.get()) != 1) Fail("certificate");
  while (Certificate authority = NextCertificate(bio.get())) {
    if (SSL_CTX_add1_chain_cert(context_.get(), authority.get()) != 1) Fail("certificate of an authority");
  }
  ERR_clear_error();
}

void TlsContext::UseKey(std::string_view pem) {
  const Bio bio = Open(pem);
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, nullptr));
  if (key == nullptr || SSL_CTX_use_PrivateKey(context_.get(), key.get()) != 1) Fail("key");
  if (SSL_CTX_check_private_key(context_.get()) != 1) Fail("key and certificate");
}

void TlsContext::AskClients(std::string_view authorities) {
  const Bio bio = Open(authorities);
  X509_STORE* const store = SSL_CTX_get_cert_store(context_.get());
  size_t count = 0;
  while (const Certificate authority = NextCertificate(bio.get())) {
    if (X509_STORE_add_cert(store, authority.get()) != 1) Fail("certificate of a client authority");
    if (SSL_CTX_add_client_CA(context_.get(), authority.get()) != 1) Fail("certificate of a client authority");
    ++count;
  }
  if (count == 0) Fail("certificates of client authorities");
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

}  // namespace weir::server
