// The parts of a training step that PyTorch computes slowly on the CPU, for AVX-512 with bfloat16.
// Every tensor is contiguous bf16 unless it says float. Sums run in fp32. Row lengths are multiples of 16 (callers see to it).
// kernels.py compiles this file and wraps it; tests/test_kernels.py checks each function against PyTorch.
#include <immintrin.h>
#include <omp.h>
#include <cstdint>
#include <cstring>
#include <vector>

typedef uint16_t bf16;
typedef __m512 f16x;  // sixteen floats

static inline f16x load(const bf16* p) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i*)p)), 16));
}
static inline void store(bf16* p, f16x v) { _mm256_storeu_si256((__m256i*)p, (__m256i)_mm512_cvtneps_pbh(v)); }
static inline float widen(bf16 v) { uint32_t u = (uint32_t)v << 16; float f; memcpy(&f, &u, 4); return f; }
static inline f16x set(float v) { return _mm512_set1_ps(v); }
static inline f16x mul(f16x a, f16x b) { return _mm512_mul_ps(a, b); }
static inline f16x fma(f16x a, f16x b, f16x c) { return _mm512_fmadd_ps(a, b, c); }

// exp(x) for x <= 88: 2^n * p(r) with r in [-ln2/2, ln2/2]; relative error below 2e-7.
static inline f16x vexp(f16x x) {
  x = _mm512_max_ps(x, set(-87.0f));
  f16x n = _mm512_roundscale_ps(mul(x, set(1.44269504f)), 8);
  f16x r = fma(n, set(-0.693359375f), x);
  r = fma(n, set(2.12194440e-4f), r);
  f16x p = fma(set(1.0f / 720), r, set(1.0f / 120));
  p = fma(p, r, set(1.0f / 24));
  p = fma(p, r, set(1.0f / 6));
  p = fma(p, r, set(0.5f));
  p = fma(p, r, set(1.0f));
  return _mm512_scalef_ps(fma(p, r, set(1.0f)), n);
}
static inline f16x sigmoid(f16x x) { return _mm512_div_ps(set(1), _mm512_add_ps(set(1), vexp(_mm512_sub_ps(set(0), x)))); }

extern "C" {

// logits [rows, vocab] become the gradient of the mean loss: (softmax - onehot) * scale[row].
// loss [rows] float receives the unscaled cross entropy; rows with scale 0 are not counted and get zero gradient.
void cross_entropy(bf16* logits, const int64_t* target, const float* scale, float* loss, long rows, long vocab) {
#pragma omp parallel for schedule(static)
  for (long r = 0; r < rows; r++) {
    bf16* x = logits + r * vocab;
    if (scale[r] == 0) { memset(x, 0, vocab * 2); loss[r] = 0; continue; }
    f16x top = set(-1e30f), sum = set(0);
    for (long i = 0; i < vocab; i += 16) top = _mm512_max_ps(top, load(x + i));
    float most = _mm512_reduce_max_ps(top), right = widen(x[target[r]]);
    for (long i = 0; i < vocab; i += 16) sum = _mm512_add_ps(sum, vexp(_mm512_sub_ps(load(x + i), set(most))));
    float total = _mm512_reduce_add_ps(sum);
    float logsum = most + __builtin_logf(total);
    loss[r] = logsum - right;
    f16x factor = set(scale[r] / total);
    for (long i = 0; i < vocab; i += 16) store(x + i, mul(vexp(_mm512_sub_ps(load(x + i), set(most))), factor));
    float at = (__builtin_expf(right - logsum) - 1) * scale[r];
    uint32_t u; memcpy(&u, &at, 4);
    x[target[r]] = (u + 0x7fff + ((u >> 16) & 1)) >> 16;
  }
}

// Distillation. student [rows, vocab] becomes the gradient of the cross entropy to the mixture
// (1 - hard) * softmax(teacher) + hard * onehot(argmax(teacher)), times scale[row]; loss [rows] float is unscaled.
void soft_cross_entropy(bf16* student, const bf16* teacher, const float* scale, float* loss, long rows, long vocab, float hard) {
#pragma omp parallel for schedule(static)
  for (long r = 0; r < rows; r++) {
    bf16* x = student + r * vocab;
    const bf16* t = teacher + r * vocab;
    if (scale[r] == 0) { memset(x, 0, vocab * 2); loss[r] = 0; continue; }
    f16x xtop = set(-1e30f), ttop = set(-1e30f), xsum = set(0), tsum = set(0), dot = set(0);
    for (long i = 0; i < vocab; i += 16) { xtop = _mm512_max_ps(xtop, load(x + i)); ttop = _mm512_max_ps(ttop, load(t + i)); }
    float xmost = _mm512_reduce_max_ps(xtop), tmost = _mm512_reduce_max_ps(ttop);
    long best = 0;
    while (widen(t[best]) != tmost) best++;
    for (long i = 0; i < vocab; i += 16) {
      f16x v = load(x + i), q = vexp(_mm512_sub_ps(load(t + i), set(tmost)));
      xsum = _mm512_add_ps(xsum, vexp(_mm512_sub_ps(v, set(xmost))));
      tsum = _mm512_add_ps(tsum, q);
      dot = fma(q, v, dot);
    }
    float xtotal = _mm512_reduce_add_ps(xsum), ttotal = _mm512_reduce_add_ps(tsum), right = widen(x[best]);
    loss[r] = xmost + __builtin_logf(xtotal) - (1 - hard) * _mm512_reduce_add_ps(dot) / ttotal - hard * right;
    f16x a = set(scale[r] / xtotal), b = set(scale[r] * (1 - hard) / ttotal);
    for (long i = 0; i < vocab; i += 16) {
      f16x p = mul(vexp(_mm512_sub_ps(load(x + i), set(xmost))), a);
      store(x + i, _mm512_fnmadd_ps(vexp(_mm512_sub_ps(load(t + i), set(tmost))), b, p));
    }
    float at = widen(x[best]) - hard * scale[r];
    uint32_t u; memcpy(&u, &at, 4);
    x[best] = (u + 0x7fff + ((u >> 16) & 1)) >> 16;
  }
}

// y = x * weight / rms(x); inverse [rows] float keeps 1 / rms for the way back.
void rms_norm(const bf16* x, const bf16* weight, bf16* y, float* inverse, long rows, long width, float epsilon) {
#pragma omp parallel for schedule(static)
  for (long r = 0; r < rows; r++) {
    const bf16* a = x + r * width;
    f16x sum = set(0);
    for (long i = 0; i < width; i += 16) { f16x v = load(a + i); sum = fma(v, v, sum); }
    float inv = 1.0f / __builtin_sqrtf(_mm512_reduce_add_ps(sum) / width + epsilon);
    inverse[r] = inv;
    for (long i = 0; i < width; i += 16) store(y + r * width + i, mul(mul(load(a + i), set(inv)), load(weight + i)));
  }
}

// dx = inv * (w dy - xhat * mean(w dy xhat)), dweight [width] float = sum over rows of dy xhat.
void rms_norm_backward(const bf16* x, const bf16* weight, const float* inverse, const bf16* dy, bf16* dx, float* dweight, long rows, long width) {
  memset(dweight, 0, width * 4);
#pragma omp parallel
  {
    std::vector<float> own(width, 0.0f);
#pragma omp for schedule(static)
    for (long r = 0; r < rows; r++) {
      const bf16 *a = x + r * width, *g = dy + r * width;
      f16x inv = set(inverse[r]), dot = set(0);
      for (long i = 0; i < width; i += 16) {
        f16x hat = mul(load(a + i), inv), d = load(g + i);
        _mm512_storeu_ps(&own[i], fma(d, hat, _mm512_loadu_ps(&own[i])));
        dot = fma(mul(d, load(weight + i)), hat, dot);
      }
      f16x mean = set(_mm512_reduce_add_ps(dot) / width);
      for (long i = 0; i < width; i += 16) {
        f16x hat = mul(load(a + i), inv), d = mul(load(g + i), load(weight + i));
        store(dx + r * width + i, mul(inv, _mm512_fnmadd_ps(hat, mean, d)));
      }
    }
#pragma omp critical
    for (long i = 0; i < width; i++) dweight[i] += own[i];
  }
}

// both [rows, 2 width] holds gate and up side by side; y [rows, width] = silu(gate) * up.
void swiglu(const bf16* both, bf16* y, long rows, long width) {
#pragma omp parallel for schedule(static)
  for (long r = 0; r < rows; r++) {
    const bf16 *gate = both + r * 2 * width, *up = gate + width;
    for (long i = 0; i < width; i += 16) {
      f16x g = load(gate + i);
      store(y + r * width + i, mul(mul(g, sigmoid(g)), load(up + i)));
    }
  }
}

void swiglu_backward(const bf16* both, const bf16* dy, bf16* dboth, long rows, long width) {
#pragma omp parallel for schedule(static)
  for (long r = 0; r < rows; r++) {
    const bf16 *gate = both + r * 2 * width, *up = gate + width, *d = dy + r * width;
    bf16 *dgate = dboth + r * 2 * width, *dup = dgate + width;
    for (long i = 0; i < width; i += 16) {
      f16x g = load(gate + i), s = sigmoid(g), grad = load(d + i), silu = mul(g, s);
      store(dup + i, mul(grad, silu));
      // d silu = s + g s (1 - s) = s + silu - silu s
      store(dgate + i, mul(mul(grad, load(up + i)), _mm512_fnmadd_ps(silu, s, _mm512_add_ps(s, silu))));
    }
  }
}

// Rotates pairs (i, i + half) of one head by the angle whose cosine and sine [half] float are given; sign -1 turns back.
static inline void rotate(const bf16* in, bf16* out, const float* cosine, const float* sine, long half, float factor, float sign) {
  for (long i = 0; i < half; i += 16) {
    f16x a = load(in + i), b = load(in + half + i);
    f16x c = mul(_mm512_loadu_ps(cosine + i), set(factor)), s = mul(_mm512_loadu_ps(sine + i), set(factor * sign));
    store(out + i, _mm512_fmsub_ps(a, c, mul(b, s)));
    store(out + half + i, fma(b, c, mul(a, s)));
  }
}

// qkv [batch, time, heads + 2 kv, size] -> q [batch, heads, time, size] rotated and scaled, k, v [batch, kv, time, size].
// forward = 0 goes the way back for gradients: q, k, v are read and qkv is written.
void rope(bf16* qkv, bf16* q, bf16* k, bf16* v, const float* cosine, const float* sine, long batch, long time, long heads, long kv, long size, float scale, int forward) {
  long half = size / 2, width = (heads + 2 * kv) * size;
#pragma omp parallel for collapse(2) schedule(static)
  for (long b = 0; b < batch; b++)
    for (long t = 0; t < time; t++) {
      bf16* row = qkv + (b * time + t) * width;
      const float *c = cosine + t * half, *s = sine + t * half;
      for (long h = 0; h < heads + 2 * kv; h++, row += size) {
        bf16* split = h < heads ? q + ((b * heads + h) * time + t) * size
                    : h < heads + kv ? k + ((b * kv + h - heads) * time + t) * size
                    : v + ((b * kv + h - heads - kv) * time + t) * size;
        float factor = h < heads ? scale : 1.0f;
        if (h >= heads + kv) memcpy(forward ? split : row, forward ? row : split, size * 2);
        else if (forward) rotate(row, split, c, s, half, factor, 1);
        else rotate(split, row, c, s, half, factor, -1);
      }
    }
}

// scores [matrices, rows, columns] become probabilities in place. Row r belongs to query first + r % block of the
// sequence and sees the columns 0 .. first + r % block; the others become zero.
void causal_softmax(bf16* scores, long matrices, long rows, long columns, long block, long first) {
#pragma omp parallel for collapse(2) schedule(static)
  for (long m = 0; m < matrices; m++)
    for (long r = 0; r < rows; r++) {
      bf16* x = scores + (m * rows + r) * columns;
      long seen = first + r % block + 1, whole = seen & ~15L;
      __mmask16 rest = (__mmask16)((1u << (seen & 15)) - 1);
      f16x top = set(-1e30f), sum = set(0);
      for (long i = 0; i < whole; i += 16) top = _mm512_max_ps(top, load(x + i));
      if (rest) top = _mm512_mask_max_ps(top, rest, top, load(x + whole));
      f16x most = set(_mm512_reduce_max_ps(top));
      for (long i = 0; i < whole; i += 16) sum = _mm512_add_ps(sum, vexp(_mm512_sub_ps(load(x + i), most)));
      if (rest) sum = _mm512_mask_add_ps(sum, rest, sum, vexp(_mm512_sub_ps(load(x + whole), most)));
      f16x factor = set(1.0f / _mm512_reduce_add_ps(sum));
      for (long i = 0; i < whole; i += 16) store(x + i, mul(vexp(_mm512_sub_ps(load(x + i), most)), factor));
      long i = whole;
      if (rest) { store(x + i, _mm512_maskz_mul_ps(rest, vexp(_mm512_sub_ps(load(x + i), most)), factor)); i += 16; }
      if (i < columns) memset(x + i, 0, (columns - i) * 2);
    }
}

// gradient [matrices, rows, columns] of the probabilities becomes that of the scores: p * (g - sum(p g)).
void softmax_backward(const bf16* probability, bf16* gradient, long rows, long columns) {
#pragma omp parallel for schedule(static)
  for (long r = 0; r < rows; r++) {
    const bf16* p = probability + r * columns;
    bf16* g = gradient + r * columns;
    f16x dot = set(0);
    for (long i = 0; i < columns; i += 16) dot = fma(load(p + i), load(g + i), dot);
    f16x sum = set(_mm512_reduce_add_ps(dot));
    for (long i = 0; i < columns; i += 16) store(g + i, mul(load(p + i), _mm512_sub_ps(load(g + i), sum)));
  }
}

}
