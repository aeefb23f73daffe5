// Chromium, also where root starts it, without what it asks of the network by itself.
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What was installed where the script runs. */
export const require = createRequire(join(process.cwd(), 'node_modules', 'x.js'));

const { chromium } = require('playwright-core');

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
