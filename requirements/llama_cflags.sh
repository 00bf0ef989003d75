#!/bin/sh
# Compiler flags that llama.cpp needs on this machine; none, as a rule.
#
# Some compilers, GCC 12 among them, do not know that _tile_loadconfig reads memory, and drop what llama.cpp wrote
# there: on a processor with AMX the first decode ends with SIGILL. AVX-512 serves instead. Which compilers do so
# is not known by version, so this one is asked: does a row count of 77 get into the code?
CXX=${CXX:-c++}
code=$(
	$CXX -O2 -mamx-tile -x c++ -S -o - - 2>/dev/null <<-'END'
		#include <immintrin.h>
		void load() {
			alignas(64) unsigned char configuration[64] = {};
			configuration[0] = 1;
			configuration[50] = 77;
			_tile_loadconfig(configuration);
		}
	END
) || exit 0
case $code in
*'$77'*) ;;
*ldtilecfg*) echo "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16" ;;
esac
