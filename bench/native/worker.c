// A contestant in native code: the lines of ../worker.mjs, and `peak`: what one core of this machine can do at most.
#define _POSIX_C_SOURCE 200112L
#include "model.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { JOBS = 4096, SAMPLES = 1024, BATCHES = 16, CHECKED_ROW = 777 };

static void *take(long bytes) {
  size_t size = ((size_t)bytes + 127) / 64 * 64;
  void *block = 0;
  if (posix_memalign(&block, 64, size)) abort();
  return memset(block, 0, size);
}

static double microseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

typedef struct { int work, k1; Model *m; float *x, *y; long t; } Job;
static Job jobs[JOBS];
static volatile float sink;

static int next(Job *j, float *value) {
  long k = j->t++ % (j->work == 3 ? BATCHES : SAMPLES);
  const float *x = j->x + k * j->m->s.inputs * j->m->batch;
  if (j->work == 1) *value = stepOne(j->m, x);
  else if (j->work == 3) *value = stepRows(j->m, x)[CHECKED_ROW];
  else {
    float loss = learn(j->m, x, j->y[k]);
    if (loss < 0) return 0;
    *value = loss;
  }
  return 1;
}

static int openJob(Job *j, int work, int gru, int I, int H, int k1, int rows, const char *path, float *number) {
  FILE *file = fopen(path, "rb");
  if (!file) return 0;
  long G = gru ? 3 : 4, steps = work == 3 ? BATCHES : SAMPLES;
  long lengths[] = {G * H * I, G * H * H, G * H, G * H, H, 1, steps * rows * I, SAMPLES};
  float *part[8];
  for (int k = 0; k < 8; k++) {
    part[k] = floats(lengths[k]);
    if (fread(part[k], 4, lengths[k], file) != (size_t)lengths[k]) return 0;
  }
  fclose(file);
  Weights w = {part[0], part[1], part[2], part[3], part[4], *part[5]};
  *j = (Job){work, k1, openModel(work, gru, I, H, k1, rows, &w), part[6], part[7], 0};
  int end = work == 1 ? 64 : work == 3 ? 8 : k1 == 1 ? 96 : 20 * WINDOW;
  while (j->t < end) next(j, number);
  return 1;
}

// Multiply-adds a second from registers, and bytes a second loaded from 16, 256, 1,024 and 4,096 kB.
static void peak(void) {
  double macs = 0, bytes[4] = {0};
  long sizes[4] = {16 << 10, 256 << 10, 1024 << 10, 4096 << 10};
  static float *blocks[4];
  for (int turn = 0; turn < 9; turn++) {
    f4 a[10], x = splat(.5f), y = splat(1e-3f);
    for (int k = 0; k < 10; k++) a[k] = splat(k);
    long n = 400000;
    double start = microseconds();
    for (long i = 0; i < n; i++) UNROLL for (int k = 0; k < 10; k++) {
      f4 p = x;
      __asm__ volatile("" : "+x"(p));
      a[k] += p * y;
      __asm__ volatile("" : "+x"(a[k]));
    }
    double rate = n * 40.0 / (microseconds() - start) / 1e3;
    if (rate > macs) macs = rate;
    for (int s = 0; s < 4; s++) {
      if (!blocks[s]) blocks[s] = floats(sizes[s] / 4);
      long times = (16L << 20) / sizes[s];
      f4 c[8];
      for (int k = 0; k < 8; k++) c[k] = splat(0);
      start = microseconds();
      for (long i = 0; i < times; i++) {
        __asm__ volatile("" ::: "memory");
        for (long q = 0; q < sizes[s] / 4; q += 32) UNROLL for (int k = 0; k < 8; k++) c[k] += load(blocks[s] + q + 4 * k);
      }
      double speed = times * (double)sizes[s] / (microseconds() - start) / 1e3;
      for (int k = 0; k < 8; k++) __asm__ volatile("" ::"x"(c[k]));
      if (speed > bytes[s]) bytes[s] = speed;
    }
  }
  printf("peak %.1f %.1f %.1f %.1f %.1f\n", macs, bytes[0], bytes[1], bytes[2], bytes[3]);
}

int main(void) {
  char line[4096], path[3072], cell[16];
  int id, work, I, H, k1, rows;
  double milliseconds;
  puts("hello");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    if (!strncmp(line, "peak", 4)) peak();
    else if (sscanf(line, "open %d W%d %15s %d %d %d %d %3071s", &id, &work, cell, &I, &H, &k1, &rows, path) == 8) {
      float number = 0;
      if (work == 2 && cell[0] == 'g') puts("failed not offered");
      else if (openJob(&jobs[id % JOBS], work, cell[0] == 'g', I, H, k1, rows, path, &number)) printf("opened %.9g\n", number);
      else puts("failed cannot read the numbers");
    } else if (sscanf(line, "run %d %lf", &id, &milliseconds) == 2) {
      Job *j = &jobs[id % JOBS];
      long count = 0;
      float value = 0;
      double start = microseconds(), now;
      int chunk = j->work == 1 ? 16 : 1;
      do {
        for (int wanted = chunk; wanted > 0;) wanted -= next(j, &value);
        count += chunk;
        now = microseconds();
      } while (now - start < milliseconds * 1e3);
      sink = value;
      printf("ran %ld %.2f\n", count, now - start);
    } else puts("closed");
    fflush(stdout);
  }
}
