// The same kernels as a WebAssembly module: memory is taken from the end of what there is, and grown.
#include "model.h"
#define EXPORT __attribute__((visibility("default")))

extern unsigned char __heap_base;
static unsigned long top;

static void *take(long bytes) {
  if (!top) top = ((unsigned long)&__heap_base + 63) & ~63ul;
  unsigned long block = top, pages = __builtin_wasm_memory_size(0);
  top += ((unsigned long)bytes + 127) & ~63ul;
  if (top > pages << 16) __builtin_wasm_memory_grow(0, (top >> 16) + 1 - pages);
  return (void *)block;
}

EXPORT float *allocate(int n) { return floats(n); }
EXPORT Model *create(int work, int gru, int I, int H, int k1, int rows, float *wih, float *whh, float *b, float *b2, float *hw, float *hb) {
  Weights from = {wih, whh, b, b2, hw, *hb};
  return openModel(work, gru, I, H, k1, rows, &from);
}
EXPORT float step(Model *m, const float *x) { return stepOne(m, x); }
EXPORT float *steps(Model *m, const float *x) { return stepRows(m, x); }
EXPORT float push(Model *m, const float *x, float y) { return learn(m, x, y); }
