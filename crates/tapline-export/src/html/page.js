'use strict';
// What the page can do beside being read: keys, a filter, an order. Texts of the page are read, never written as markup.
(() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const filter = one('#filter');
  const said = one('#said');
  const help = one('#help');
  const order = one('#order');
  const waterfall = one('#waterfall');
  const rows = all('[data-row]');

  // What is hidden with a row: the item or the table's line that it stands in.
  const holder = (row) => row.closest('.waterfall > li, .card, tr, .ladder');
  const isSeen = (row) => !holder(row).hidden;
  const texts = new Map(rows.map((row) => [row, holder(row).textContent.toLowerCase()]));
  // Rows move when their order changes, so their order is that of the document.
  const seen = () => all('[data-row]').filter(isSeen);
  const here = () => document.activeElement.closest?.('[data-row]') ?? null;

  const go = (row) => {
    if (!row) return;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  };
  const step = (by) => {
    const list = seen();
    const within = document.activeElement.closest?.('details')?.querySelector('[data-row]') ?? null;
    const at = list.indexOf(here() ?? within);
    go(at < 0 ? list[0] : list[Math.min(Math.max(at + by, 0), list.length - 1)]);
  };

  const sift = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) holder(row).hidden = !words.every((word) => texts.get(row).includes(word));
    said.textContent = words.length ? `${seen().length} of ${rows.length} rows` : '';
  };
  const clear = () => {
    filter.value = '';
    sift();
  };

  const sort = () => {
    if (!waterfall) return;
    const slowest = order.getAttribute('aria-pressed') !== 'true';
    order.setAttribute('aria-pressed', String(slowest));
    const row = here();
    const items = [...waterfall.children];
    const by = (item, name) => Number(item.dataset[name]);
    items.sort((a, b) => (slowest && by(b, 'ns') - by(a, 'ns')) || by(a, 'nth') - by(b, 'nth'));
    waterfall.append(...items);
    go(row);
  };

  // A place that is led to is shown, opened and has the focus.
  const arrive = () => {
    const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const row = place && (place.matches('[data-row]') ? place : place.querySelector(':scope > [data-row]'));
    if (!row) return;
    if (!isSeen(row)) clear();
    if (place.tagName === 'DETAILS') place.open = true;
    go(row);
    place.scrollIntoView({ block: 'start' });
  };

  const back = () => {
    const open = document.activeElement.closest?.('details[open]');
    if (open) {
      open.open = false;
      go(open.querySelector('[data-row]'));
    } else if (filter.value) {
      clear();
    } else {
      document.activeElement.blur();
    }
  };

  const enter = (event) => {
    // Summaries, links and buttons know what to do by themselves.
    const row = document.activeElement;
    if (!row.matches('[data-row]') || row.tagName === 'SUMMARY') return;
    const link = row.querySelector('a[href^="#"]');
    if (link) {
      event.preventDefault();
      link.click();
    }
  };

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    '/': () => filter.select(),
    '?': () => help.showModal(),
    s: sort,
    Escape: back,
    Enter: enter,
  };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target === filter) {
      if (event.key === 'Enter' || event.key === 'ArrowDown') go(seen()[0]);
      else if (event.key === 'Escape') {
        clear();
        filter.blur();
      } else return;
      event.preventDefault();
      return;
    }
    const does = keys[event.key];
    // Arrows move rows only from a row on, so that the page can be scrolled.
    if (!does || (event.key.startsWith('Arrow') && !here())) return;
    if (event.key !== 'Enter') event.preventDefault();
    does(event);
  });
  filter.addEventListener('input', sift);
  order.addEventListener('click', sort);
  order.hidden = !waterfall;
  one('#help-open').addEventListener('click', () => help.showModal());
  addEventListener('hashchange', arrive);
  // A link to where one came from before changes nothing that the browser would tell.
  document.addEventListener('click', (event) => {
    if (!location.hash || event.target.closest('a')?.getAttribute('href') !== location.hash) return;
    event.preventDefault();
    arrive();
  });
  one('#tools').hidden = false;
  arrive();
})();
