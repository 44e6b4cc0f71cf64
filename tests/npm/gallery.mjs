// What a browser makes of a page of Export-KlingGallery, as JSON: node gallery.mjs check|open <chromium> <page>.
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [verb, executablePath, file] = process.argv.slice(2);
const url = pathToFileURL(file).href;
const folder = mkdtempSync(join(tmpdir(), 'klingps-gallery-'));
const netLog = join(folder, 'net.json');
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', `--log-net-log=${netLog}`],
});

const painted = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));

async function open() {
  const times = [];
  for (let run = 0; run < 5; run++) {
    const page = await browser.newPage();
    const started = performance.now();
    await page.goto(url, { waitUntil: 'load' });
    await page.evaluate(painted);
    times.push(performance.now() - started);
    await page.close();
  }
  return times;
}

async function check() {
  const told = { requests: [], log: [], violations: [], wide: [] };
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

  async function visit(options, act) {
    const page = await browser.newPage(options);
    page.on('request', request => told.requests.push(request.url()));
    page.on('console', message => told.log.push(message.text()));
    page.on('pageerror', error => told.log.push(`${error}`));
    page.on('dialog', dialog => { told.log.push(dialog.message()); dialog.dismiss(); });
    await page.goto(url);
    const seen = await act(page);
    await page.close();
    return seen;
  }

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 1280]) {
      await visit({ colorScheme, viewport: { width, height: 800 } }, async page => {
        await page.evaluate(axe);
        const result = await page.evaluate(() => window.axe.run());
        told.violations.push(...result.violations.map(
          ({ id, nodes }) => `${colorScheme}, ${width}: ${id} ${nodes.map(node => node.html).join(' ')}`));
        told.wide.push(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth));
      });
    }
  }

  const headings = page => page.$$eval(
    'h2, h3', all => all.filter(one => one.checkVisibility()).map(one => one.textContent));
  await visit({ viewport: { width: 1280, height: 5000 } }, async page => {
    await page.waitForFunction(() => [...document.querySelectorAll('.frame > a')]
      .every(link => link.parentElement.querySelector('video')?.readyState >= 2));
    told.pictures = await page.$$eval('video', all => all.filter(one => one.videoWidth > 0).length);
    told.headings = await headings(page);
    told.text = await page.evaluate(() => document.body.innerText);
    told.elements = await page.$$eval('body *', all => [...new Set(all.map(one => one.localName))]);

    await page.focus('[type=search]');
    await page.keyboard.type('LIGHT');
    told.found = { headings: await headings(page), count: await page.innerText('output') };
    await page.fill('[type=search]', '');
    await page.selectOption('select >> nth=0', 'Failed');
    told.failed = await headings(page);
    await page.selectOption('select >> nth=0', '');
    await page.selectOption('select >> nth=1', 'title');
    told.byTitle = await headings(page);
    await page.selectOption('select >> nth=1', 'given');

    // From the last control: Tab enters the cards, the arrows move, Tab goes on to the card's own link.
    const focused = () => page.evaluate(
      () => document.activeElement.closest('article')?.querySelector('h2, h3').textContent);
    await page.focus('select >> nth=1');
    const keys = ['Tab', 'ArrowRight', 'ArrowLeft', 'End', 'ArrowUp', 'Home', 'ArrowDown'];
    told.focus = [];
    for (const key of keys) {
      await page.keyboard.press(key);
      told.focus.push(await focused());
    }
    told.outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineWidth);
    const playing = () => page.$$eval('video', all => all.filter(one => !one.paused).length);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => [...document.querySelectorAll('video')].some(one => !one.paused));
    await page.click('.frame > a:visible');
    await page.waitForFunction(() => document.querySelectorAll('video')[1]?.paused === false);
    told.playing = await playing();
  });

  // The browser logs that there is no such file.
  const page = await browser.newPage();
  await page.goto(url);
  await page.focus('article:has(.frame > a)');
  await page.keyboard.press('Enter');
  await page.waitForSelector('video[controls]');
  await page.$eval('video[controls]', video => { video.src = 'missing.mp4'; });
  await page.waitForSelector('.gone > a', { state: 'visible', timeout: 10_000 });
  told.gone = await page.$eval('.gone a', link => getComputedStyle(link, '::after').content + link.innerText);

  told.plain = await visit({ javaScriptEnabled: false }, async page => ({
    headings: await headings(page), links: await page.$$eval('.frame > a', all => all.map(one => one.innerText)),
  }));
  return told;
}

const told = verb === 'open' ? await open() : await check();
await browser.close();
if (verb !== 'open') {
  // The browser's own log, without what it asks for itself and not for the page.
  told.network = readFileSync(netLog, 'utf8').split('\n')
    .filter(event => event.includes('"initiator":') && !event.includes('"initiator":"not an origin"'))
    .map(event => event.match(/"url":"([^"]*)"/)?.[1]);
  told.requests = [...new Set(told.requests.filter(one => !/^file:/.test(one)))];
}
rmSync(folder, { recursive: true, force: true });
console.log(JSON.stringify(told));
