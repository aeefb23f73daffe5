// Mermaid itself, in a browser: every diagram is drawn, with an arrow for each arrow and a note for each note.
//
//   node mermaid.mjs FILE.mermaid...
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './browser.mjs';

const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1000, height: 1400 } });
await page.setContent('<div id="out"></div>');
await page.addScriptTag({ path: join(process.cwd(), 'node_modules/mermaid/dist/mermaid.min.js') });
await page.evaluate(() => mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' }));

let failures = 0;
let arrows = 0;
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8');
  const wanted = {
    arrows: (text.match(/^ {4}(client|server)-(>>|x)(client|server): /gm) ?? []).length,
    notes: (text.match(/^ {4}Note over /gm) ?? []).length,
  };
  arrows += wanted.arrows;
  try {
    const drawn = await page.evaluate(async (text) => {
      const { svg } = await mermaid.render('diagram', text);
      const out = document.getElementById('out');
      out.innerHTML = svg;
      const count = (selector) => out.querySelectorAll(selector).length;
      return {
        arrows: count('.messageLine0, .messageLine1'),
        notes: count('rect.note'),
        foreign: count('img, script, iframe, a'),
      };
    }, text);
    if (drawn.arrows !== wanted.arrows || drawn.notes !== wanted.notes || drawn.foreign > 0) {
      throw new Error(`wanted ${JSON.stringify(wanted)}, drawn ${JSON.stringify(drawn)}`);
    }
  } catch (error) {
    failures += 1;
    console.error(`${file}: ${error.message.slice(0, 300)}`);
  }
}
if (process.env.PICTURE) writeFileSync(process.env.PICTURE, await page.screenshot());
await browser.close();
console.log(`mermaid: ${process.argv.length - 2} diagrams, ${arrows} arrows, ${failures} failed`);
process.exit(failures === 0 ? 0 : 1);
