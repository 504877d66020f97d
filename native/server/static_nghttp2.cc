// Debian's libnghttp2.a can be linked into an addon except for one reference: a debugging function, which nobody calls, uses
// `stderr` in a way that only executables can resolve. The linker replaces it with this symbol (`--wrap=stderr`, binding.gyp).

extern "C" {
void* __wrap_stderr = nullptr;
}
