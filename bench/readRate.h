// How fast this machine reads memory.
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// The best of several reads of so many bytes by all threads, in GB a second.
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
