// Debian's libnghttp2.a can be linked into an addon except for one place: a debugging function, which nobody
// calls, refers to `stderr` in a way that only programs can. The linker is told to take this for it
// (`--wrap=stderr`, binding.gyp).

extern "C" {
void* __wrap_stderr = nullptr;
}
