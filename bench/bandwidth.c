// How fast this machine reads memory: the bound of a decoding pass is its weights' bytes over this.
//
//   cc -O3 -march=native -fopenmp bench/bandwidth.c -o bandwidth && ./bandwidth
//
// Two sizes: 11 MB, as much as the bundled target's weights, which a large cache may hold, and 512 MB, which none does.
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double readRate(size_t bytes) {
  size_t count = bytes / sizeof(uint64_t);
  uint64_t *data = malloc(bytes);
  memset(data, 1, bytes);
  double best = 0;
  volatile uint64_t sink = 0;
  int repeats = bytes < (64u << 20) ? 200 : 8;
  for (int repeat = 0; repeat < repeats; repeat++) {
    double started = omp_get_wtime();
    uint64_t sum = 0;
#pragma omp parallel for reduction(+ : sum)
    for (size_t i = 0; i < count; i++) sum += data[i];
    sink += sum;
    double rate = bytes / (omp_get_wtime() - started);
    if (rate > best) best = rate;
  }
  free(data);
  return best / 1e9;
}

int main(void) {
  printf("{\"threads\": %d, \"cachedGBps\": %.1f, \"memoryGBps\": %.1f}\n", omp_get_max_threads(),
         readRate(11u << 20), readRate(512u << 20));
  return 0;
}
