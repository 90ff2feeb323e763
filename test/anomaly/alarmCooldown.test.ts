import { expect, it } from 'vitest';
import { AlarmCooldown } from '../../src/anomaly/alarmCooldown.js';

const RARE = 6; // the count of an alarm

it('after an alarm, what is news must be four times as rare, and less so the longer ago it was', () => {
  const opened = () => {
    const cooldown = new AlarmCooldown();
    expect(cooldown.admit(1000, 4, RARE)).toBe(true);
    return cooldown;
  };
  expect(opened().admit(1001, 1.1, RARE)).toBe(false);
  expect(opened().admit(1001, 0.9, RARE)).toBe(true);
  expect(opened().admit(1063, 4, RARE)).toBe(false);
  expect(opened().admit(1063, 3, RARE)).toBe(true); // half of the 127 rows have gone: half the way from 1 to 6
  expect(opened().admit(1140, 6, RARE)).toBe(true);
});

it('what is not admitted does not prolong the silence', () => {
  const cooldown = new AlarmCooldown();
  cooldown.admit(1000, 4, RARE);
  for (let row = 1001; row < 1060; row++) cooldown.admit(row, 5, RARE);
  expect(cooldown.admit(1140, 6, RARE)).toBe(true);
});
