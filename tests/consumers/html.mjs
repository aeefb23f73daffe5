// The page for a ticket in a browser that has no network: it asks for nothing, can be read at any width, in light and dark,
// with and without its script, and worked with by keyboard. axe-core looks for what keeps people out.
//
//   node html.mjs FILE.html...
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch, require } from './browser.mjs';

const axe = require.resolve('axe-core/axe.min.js');

const browser = await launch();
// One that takes no script is what a ticket system's preview is.
const still = await browser.newContext({ viewport: { width: 400, height: 800 }, javaScriptEnabled: false });
const narrow = await browser.newContext({ viewport: { width: 400, height: 800 }, colorScheme: 'dark' });
const wide = await browser.newContext({ viewport: { width: 1600, height: 1000 }, colorScheme: 'light' });

function check(holds, what) {
  if (!holds) throw new Error(what);
}

// Opens a page; whatever it asks for beside itself is refused and noted, and so is what its console says.
async function open(context, file) {
  const page = await context.newPage();
  const own = pathToFileURL(resolve(file)).href;
  page.said = [];
  page.on('console', (message) => page.said.push(message.text()));
  page.on('pageerror', (error) => page.said.push(error.message));
  await page.route('**', (route) => {
    if (route.request().url().split('#')[0] === own) return route.continue();
    page.said.push(`asked for ${route.request().url()}`);
    return route.abort();
  });
  await page.goto(own);
  return page;
}

async function fits(page) {
  const [inside, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  check(inside <= width, `${inside} px wide in ${width}`);
}

// Where the keyboard is, in words.
const here = (page) => page.evaluate(() => {
  const row = document.activeElement;
  return row?.matches('[data-row]') ? (row.id || row.parentElement.id) : '';
});

const seen = (page, selector) => page.locator(`${selector}:visible`).count();

// Keys alone lead to a request and open it, filter the rows, and come back.
async function keyboard(page) {
  const rows = await page.locator('[data-row]').count();
  if (rows === 0) return;
  await page.keyboard.press('j');
  const first = await here(page);
  check(first !== '', 'j leads nowhere');
  await page.keyboard.press('ArrowDown');
  check(rows === 1 || await here(page) !== first, 'the arrow leads nowhere');
  await page.keyboard.press('k');
  check(await here(page) === first, `k leads to ${await here(page)}, not to ${first}`);
  if (await page.locator('#waterfall').count() > 0) {
    for (let n = 0; n < rows && await here(page) !== 'x0'; n += 1) await page.keyboard.press('j');
    check(await here(page) === 'x0', 'the first request is not reached');
    await page.keyboard.press('Enter');
    check(await page.locator('#x0 .details').isVisible(), 'Enter does not open the request');
    await page.keyboard.press('Escape');
    check(!await page.locator('#x0 .details').isVisible(), 'Escape does not close the request');
    check(await here(page) === 'x0', 'Escape loses the row');
    await page.keyboard.press('s');
    const order = await page.locator('#waterfall > li').evaluateAll((items) => items.map((item) => Number(item.dataset.ns)));
    check(order.every((ns, nth) => nth === 0 || ns <= order[nth - 1]), 'not the slowest first');
    await page.keyboard.press('s');
  }
  await page.keyboard.press('/');
  await page.keyboard.type('no such row');
  check(await seen(page, '[data-row]') === 0, 'the filter keeps rows');
  check((await page.locator('#said').textContent()).startsWith(`0 of ${rows} `), 'nobody hears what the filter did');
  await page.keyboard.press('Escape');
  check(await seen(page, '[data-row]') === rows, 'Escape does not clear the filter');
  if (await page.locator('#c0').count() > 0) {
    const [client] = await page.locator('#c0 td').allTextContents();
    await page.keyboard.press('/');
    await page.keyboard.type(client.toUpperCase());
    check(await page.locator('#c0').isVisible(), 'the filter loses what it names');
    await page.keyboard.press('Escape');
  }
  await page.keyboard.press('?');
  check(await page.locator('#help').isVisible(), '? shows no help');
  await page.keyboard.press('Escape');
  check(!await page.locator('#help').isVisible(), 'Escape does not close the help');
}

// Every link inside leads to something, and that is opened.
async function links(page) {
  const broken = await page.locator('a[href^="#"]').evaluateAll((all) =>
    all.map((link) => link.getAttribute('href')).filter((href) => !document.getElementById(href.slice(1))));
  check(broken.length === 0, `links to nothing: ${broken}`);
  const link = page.locator('#findings a[href^="#x"]').first();
  if (await link.count() > 0) {
    const to = (await link.getAttribute('href')).slice(1);
    await link.focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction((to) => document.getElementById(to).open, to);
    check(await here(page) === to, 'the request that a finding names has not the keyboard');
    const card = page.locator('.card:has(a[href^="#x"])').first();
    await card.focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => /^[xc]\d/.test(document.activeElement.id || document.activeElement.parentElement.id),
      null, { timeout: 2000 }).catch(() => check(false, 'Enter does not follow a finding'));
  }
}

async function accessible(page) {
  await page.evaluate(() => document.querySelectorAll('details').forEach((one, nth) => { one.open = nth < 5; }));
  await page.evaluate(() => document.querySelectorAll('.ladder').forEach((one, nth) => { one.open = nth < 1; }));
  await page.addScriptTag({ path: axe }).catch(() => {});
  const found = await page.evaluate(() => axe.run({ resultTypes: ['violations'] }));
  const grave = found.violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  const words = grave.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary}`);
  check(grave.length === 0, words.join('\n'));
}

let failures = 0;
let rows = 0;
for (const file of process.argv.slice(2)) {
  try {
    const read = await open(still, file);
    await fits(read);
    check(!await read.locator('#tools').isVisible(), 'what needs a script is shown without one');
    rows += await seen(read, 'summary');
    for (const context of [narrow, wide]) {
      const page = await open(context, file);
      await fits(page);
      await keyboard(page);
      await links(page);
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
      await fits(page);
      check(page.said.length === 0, page.said.join('; '));
      await page.close();
    }
    check(read.said.length === 0, read.said.join('; '));
    await read.close();
    // axe is a script of somebody else, which the page rightly does not let in.
    for (const colorScheme of ['light', 'dark']) {
      const context = await browser.newContext({ bypassCSP: true, colorScheme, viewport: { width: 1280, height: 900 } });
      await accessible(await open(context, file));
      await context.close();
    }
  } catch (error) {
    failures += 1;
    console.error(`${file}: ${error.message.slice(0, 900)}`);
  }
}
if (process.env.PICTURE && process.argv.length > 2) {
  const page = await open(wide, process.argv[2]);
  writeFileSync(process.env.PICTURE, await page.screenshot({ fullPage: true }));
}
await browser.close();
console.log(`html: ${process.argv.length - 2} pages, ${rows} rows that open, ${failures} failed`);
process.exit(failures === 0 ? 0 : 1);
