// What a HAR's readers make of it: the schema of HAR 1.2 (har-validator), and PerfCascade, which draws a waterfall in a browser.
//
//   node har.mjs FILE.har...          every file is valid, and drawn with one row an entry
import { readFileSync, writeFileSync } from 'node:fs';
import { launch, require } from './browser.mjs';

const validator = require('har-validator/lib/promise');

const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
await page.setContent('<div id="out"></div>');
await page.addStyleTag({ path: require.resolve('perf-cascade/dist/perf-cascade.css') });
await page.addScriptTag({ path: require.resolve('perf-cascade/dist/perf-cascade.min.js') });

let failures = 0;
let entries = 0;
for (const file of process.argv.slice(2)) {
  const har = JSON.parse(readFileSync(file, 'utf8'));
  entries += har.log.entries.length;
  try {
    await validator.har(har);
    for (const entry of har.log.entries) {
      const { blocked, dns, connect, ssl, send, wait, receive } = entry.timings;
      const sum = [blocked, dns, connect, send, wait, receive].filter((ms) => ms > 0).reduce((a, b) => a + b, 0);
      if (Math.abs(sum - entry.time) > 1e-6) throw new Error(`time ${entry.time} is not the sum ${sum}`);
      if (ssl > connect) throw new Error(`ssl ${ssl} is not inside of connect ${connect}`);
    }
    if (har.log.entries.length > 0) {
      const rows = await page.evaluate((log) => {
        const out = document.getElementById('out');
        out.replaceChildren(perfCascade.fromHar(log, { rowHeight: 20 }));
        return out.querySelectorAll('.row-item').length;
      }, har.log);
      if (rows !== har.log.entries.length) throw new Error(`${rows} rows of ${har.log.entries.length} entries`);
    }
  } catch (error) {
    failures += 1;
    console.error(`${file}: ${error.errors ? JSON.stringify(error.errors.slice(0, 3)) : error.message}`);
  }
}
if (process.env.PICTURE) writeFileSync(process.env.PICTURE, await page.screenshot());
await browser.close();
console.log(`har: ${process.argv.length - 2} files, ${entries} entries, ${failures} failed`);
process.exit(failures === 0 ? 0 : 1);
