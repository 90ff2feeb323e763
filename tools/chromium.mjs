import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const BINARY = '/usr/bin/chromium';
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Real Chromium: Debian's package, installed where it is missing; fails loudly where that cannot be done.
 *
 * @param {readonly string[]} [more] of Chromium's own options
 */
export async function openChromium(more = []) {
  if (!existsSync(BINARY)) install();
  return chromium.launch({ executablePath: BINARY, args: [...ARGUMENTS, ...more] });
}

function install() {
  const run = (...command) => execFileSync(command[0], command.slice(1), { stdio: 'inherit' });
  try {
    const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
    run(...sudo, 'apt-get', 'update', '-q');
    run(...sudo, 'apt-get', 'install', '-q', '-y', '--no-install-recommends', 'chromium');
  } catch (cause) {
    throw new Error(`Chromium must be at ${BINARY}, it is not and cannot be installed; apt-get install chromium`, {
      cause,
    });
  }
}
