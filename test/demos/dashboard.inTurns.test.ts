import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inTurns } from '../../demos/sensor-websocket/page/inTurns.js';

const frames: (() => void)[] = [];
const nextFrame = () => {
  for (const draw of frames.splice(0)) draw();
};
beforeEach(() => {
  frames.length = 0;
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => frames.push(draw));
});
afterEach(() => vi.unstubAllGlobals());

it('draws one part a frame, until all are drawn, and then asks for no more frames', () => {
  const drawn: string[] = [];
  const ask = inTurns(['a', 'b', 'c'].map((part) => () => drawn.push(part)));
  ask();
  ask();
  for (const before of [0, 1, 2]) {
    expect([drawn.length, frames.length]).toEqual([before, 1]);
    nextFrame();
  }
  expect([drawn, frames.length]).toEqual([['a', 'b', 'c'], 0]);
});

it('leaves no part undrawn, however often it is asked, and never draws two in a frame', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      (asks, count) => {
        const draws = new Array<number>(count).fill(0);
        const ask = inTurns(draws.map((_, part) => () => draws[part]++));
        const total = () => draws.reduce((sum, n) => sum + n, 0);
        for (const asked of asks) {
          if (asked) ask();
          const before = total();
          nextFrame();
          expect(total() - before).toBeLessThanOrEqual(1);
          expect(Math.max(...draws) - Math.min(...draws)).toBeLessThanOrEqual(1);
        }
        const before = [...draws];
        ask();
        for (let i = 0; i < count; i++) nextFrame();
        for (const [part, n] of draws.entries()) expect(n).toBeGreaterThan(before[part]);
        expect(frames).toEqual([]);
      },
    ),
  );
});
