// What this machine reads a second and multiplies a second: the bounds of a pass.
//
//   cc -O3 -march=native -fopenmp bench/passes/peak.c -o peak && ./peak
//
// Products of 8 bit integers are counted with the widest instructions that the compiler may use here, in registers alone.
#include <immintrin.h>
#include <omp.h>
#include <stdio.h>

#include "../readRate.h"

#define CHAINS 12 // independent sums, so that no instruction waits for the last
#define ROUNDS 20000000L

#if defined(__AVX512VNNI__)
#define KIND "vpdpbusd, 512 bits"
#define PRODUCTS 64
typedef __m512i vector;
#define ZERO _mm512_setzero_si512()
#define STEP(sum, a, b) _mm512_dpbusd_epi32(sum, a, b)
#elif defined(__AVXVNNI__)
#define KIND "vpdpbusd, 256 bits"
#define PRODUCTS 32
typedef __m256i vector;
#define ZERO _mm256_setzero_si256()
#define STEP(sum, a, b) _mm256_dpbusd_avx_epi32(sum, a, b)
#else
#define KIND "vpmaddubsw, vpmaddwd and vpaddd, 256 bits"
#define PRODUCTS 32
typedef __m256i vector;
#define ZERO _mm256_setzero_si256()
#define STEP(sum, a, b) _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), _mm256_set1_epi16(1)))
#endif

static double productRate(void) {
  double best = 0;
  for (int repeat = 0; repeat < 5; repeat++) {
    double started = omp_get_wtime();
#pragma omp parallel
    {
      vector sums[CHAINS], a = ZERO, b = ZERO;
      for (int i = 0; i < CHAINS; i++) sums[i] = ZERO;
      for (long round = 0; round < ROUNDS; round++) {
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++) {
          sums[i] = STEP(sums[i], a, b);
          __asm__ volatile("" : "+x"(sums[i]));
        }
      }
    }
    double rate = (double)omp_get_max_threads() * ROUNDS * CHAINS * PRODUCTS / (omp_get_wtime() - started);
    if (rate > best) best = rate;
  }
  return best / 1e9;
}

int main(void) {
  printf("{\"threads\": %d, \"readGBps\": %.1f, \"products\": \"%s\", \"gigaProducts\": %.0f}\n", omp_get_max_threads(),
         readRate(512u << 20), KIND, productRate());
  return 0;
}
