// How fast this machine reads memory: the bound of a decoding pass is its weights' bytes over this.
//
//   cc -O3 -march=native -fopenmp bench/bandwidth.c -o bandwidth && ./bandwidth
//
// Two sizes: 11 MB, as much as the bundled target's weights, which a large cache may hold, and 512 MB, which none does.
#include <stdio.h>

#include "readRate.h"

int main(void) {
  printf("{\"threads\": %d, \"cachedGBps\": %.1f, \"memoryGBps\": %.1f}\n", omp_get_max_threads(),
         readRate(11u << 20), readRate(512u << 20));
  return 0;
}
