// Memory of the process: gives memory that was freed back to the system; maps a file, so that what is written to it survives a
// crash.

#include <features.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "functions.h"

namespace weir {

Napi::Value ReleaseFreeMemory(const Args& args) {
#ifdef __GLIBC__
  // Trims all arenas: threads that compiled patterns leave some with megabytes of holes.
  malloc_trim(0);
#endif
  return args.env().Undefined();
}

Napi::Value MapFile(const Args& args) {
  const int descriptor = static_cast<int>(args.Index(0, "descriptor"));
  struct stat status = {};
  if (fstat(descriptor, &status) != 0) ThrowArgument(std::string("descriptor: ") + std::strerror(errno));
  const auto bytes = static_cast<size_t>(status.st_size);
  if (bytes == 0) ThrowArgument("the file is empty");
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) ThrowArgument(std::string("the file cannot be mapped: ") + std::strerror(errno));
  return Napi::ArrayBuffer::New(
      args.env(), memory, bytes, [](Napi::Env, void* mapped, size_t* size) {
        munmap(mapped, *size);
        delete size;
      },
      new size_t(bytes));
}

}  // namespace weir
