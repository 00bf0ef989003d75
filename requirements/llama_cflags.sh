#!/bin/sh
# Compiler flags that llama.cpp needs on this machine.
#
# On processors with AMX, GCC before 14 drops the writes of the tile configuration that llama.cpp loads (its
# _tile_loadconfig does not say that it reads memory): the first decode ends with SIGILL. AVX-512 serves instead.
NO_AMX="-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
CXX=${CXX:-c++}
case $(uname -m) in
x86_64 | amd64) ;;
*) exit 0 ;;
esac
macros=$(echo | "$CXX" $NO_AMX -x c++ -dM -E - 2>/dev/null) || exit 0
version=$(echo "$macros" | sed -n 's/^#define __GNUC__ //p')
case $macros in *__clang__*) exit 0 ;; esac
[ "${version:-14}" -lt 14 ] && echo "$NO_AMX"
exit 0
