{
  # Builds the two addons in build/Release: weir_native.node, the matcher, and weir_transport.node. The set-up does it.
  "targets": [
    {
      "target_name": "weir_native",
      "sources": [
        "<!@(node -p \"['native/binding', 'native/engine', 'native/engine/detect', 'native/engine/number', 'native/engine/transform'].flatMap((folder) => require('fs').readdirSync(folder).filter((name) => name.endsWith('.cc')).map((name) => folder + '/' + name)).join(' ')\")"
      ],
      "defines": ["NAPI_VERSION=9", "NAPI_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED"],
      "cflags!": ["-fno-exceptions"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17", "-std=gnu++20"],
      "cflags_cc": [
        "-std=c++20",
        "-O3",
        "-Wall",
        "-Wextra",
        "-Wpedantic",
        "-Werror",
        "-fvisibility=hidden",
        # Headers of others are not ours to warn about.
        "-isystem <!(node -p \"require('path').dirname(require.resolve('node-addon-api/package.json'))\")",
        "<!@(pkg-config --cflags-only-I libhs 2>/dev/null || echo -I/usr/include/hs)"
      ],
      "libraries": ["<!@(pkg-config --libs libhs 2>/dev/null || echo -lhs)", "-lre2", "-pthread"],
      # In the package for a platform the libraries lie beside the addon.
      "ldflags": ["-Wl,-rpath,'$$ORIGIN'"]
    },
    {
      "target_name": "weir_transport",
      "sources": [
        "<!@(node -p \"['native/server', 'native/transport'].flatMap((folder) => require('fs').readdirSync(folder).filter((name) => name.endsWith('.cc')).map((name) => folder + '/' + name)).join(' ')\")"
      ],
      "defines": ["NAPI_VERSION=9", "NAPI_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED"],
      "cflags!": ["-fno-exceptions"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17", "-std=gnu++20"],
      "cflags_cc": [
        "-std=c++20",
        "-O3",
        "-Wall",
        "-Wextra",
        "-Wpedantic",
        "-Werror",
        "-fvisibility=hidden",
        "-isystem <!(node -p \"require('path').dirname(require.resolve('node-addon-api/package.json'))\")"
      ],
      # Node has an nghttp2 of its own and exports it: ours is linked in, and seen by nobody else.
      "libraries": ["-Wl,--wrap=stderr", "-Wl,--exclude-libs,libnghttp2.a", "-l:libnghttp2.a"]
    }
  ]
}
