// Opens pages of runs in headless Chromium, from file: with the network off, and looks at what a reader would see.
//   node tests/page/browser_test.mjs FOLDER RUN…
// FOLDER holds node_modules with playwright-core and axe-core; RUN is a run folder with results.json and report.html.
// With SHOTS=DIR it leaves pictures there. It says what is wrong, a line each, and ends with 1.
import {readFileSync} from "node:fs";
import {pathToFileURL} from "node:url";
import {join, resolve, basename} from "node:path";
import {tools, findings, shot, check, end} from "./browser.mjs";

const [modules, ...runs] = process.argv.slice(2);
const {launch, axe} = tools(modules);

const open = async (browser, run, options) => {
  const context = await browser.newContext({offline: true, ...options});
  const page = await context.newPage();
  const heard = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) heard.push(message.text()); });
  page.on("pageerror", (error) => heard.push(String(error)));
  page.on("request", (request) => { if (!/^(file|data|blob):/.test(request.url())) heard.push("asks for " + request.url()); });
  const start = Date.now();
  await page.goto(pathToFileURL(resolve(run, "report.html")).href);
  return {context, page, heard, ms: Date.now() - start};
};

const paints = (page) => page.evaluate(() => (performance.getEntriesByName("first-contentful-paint")[0] || {}).startTime);

const scrollThrough = async (page) => {
  await page.evaluate(() => { for (const rows of document.querySelectorAll("details.row")) rows.open = true; });  // charts behind a fold wait for it
  const height = await page.evaluate(() => document.body.scrollHeight);
  for (let y = 0; y <= height; y += 500) {
    await page.evaluate((to) => scrollTo({top: to, behavior: "instant"}), y);
    await page.waitForTimeout(60);
  }
  await page.waitForFunction(() => [...document.querySelectorAll("[data-chart]")].every((c) => c.classList.contains("live")), null, {timeout: 30000})
    .catch(() => check(false, "some charts never came to life"));
  await page.evaluate(() => scrollTo({top: 0, behavior: "instant"}));
};

const looks = async (browser, run, scheme) => {
  const {context, page, heard, ms} = await open(browser, run, {colorScheme: scheme, viewport: {width: 1280, height: 900}});
  const where = `${basename(run)}, ${scheme}`;
  console.log(`${where}: first paint ${Math.round(await paints(page))} ms, loaded ${ms} ms`);
  await scrollThrough(page);
  const charts = await page.evaluate(() => [...document.querySelectorAll("[data-chart]")].map((c) => c.querySelectorAll("svg path, svg rect").length));
  check(charts.every((marks) => marks > 3), `${where}: an empty chart: ${charts}`);
  for (const found of await findings(page, axe)) check(false, `${where}: axe: ${found}`);
  await shot(page, `${basename(run)}-${scheme}`);
  for (const said of heard) check(false, `${where}: console: ${said}`);
  await context.close();
};

const fitsATelephone = async (browser, run) => {
  const {context, page} = await open(browser, run, {viewport: {width: 360, height: 740}, deviceScaleFactor: 2, isMobile: true});
  await scrollThrough(page);
  const [inner, wide] = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollWidth]);
  check(wide <= inner, `${basename(run)}: scrolls sideways at 360 px: ${wide} > ${inner}`);
  for (const found of await findings(page, axe)) check(false, `${basename(run)}, 360 px: axe: ${found}`);
  await shot(page, `${basename(run)}-phone`);
  await context.close();
};

const readsWithoutProgram = async (browser, run) => {
  const {context, page} = await open(browser, run, {javaScriptEnabled: false, viewport: {width: 1280, height: 900}});
  const stills = await page.locator("[data-chart] > svg").count(), charts = await page.locator("[data-chart]").count();
  check(stills === charts, `${basename(run)}: ${stills} of ${charts} charts are drawn without JavaScript`);
  await shot(page, `${basename(run)}-still`);
  await context.close();
};

// The numbers of results.json are those that the headline shows.
const tellsTheTruth = async (browser, run) => {
  const {context, page} = await open(browser, run, {viewport: {width: 1280, height: 900}});
  const results = JSON.parse(readFileSync(join(run, "results.json"), "utf8"));
  const rows = results.rows.filter((row) => row.status === "done");
  const text = await page.locator("#results").innerText();
  for (const metric of results.report) {
    const settings = new Map();
    for (const row of rows) {
      const key = JSON.stringify(row.settings);
      settings.set(key, [...(settings.get(key) || []), row.metrics[metric]]);
    }
    for (const values of settings.values()) {
      if (values.some((value) => value === undefined || value === null)) continue;
      const mean = values.reduce((a, b) => a + b) / values.length;
      const shown = (text.match(/-?\d[\d.]*(e[+-]?\d+)?/g) || []).map(Number);
      check(shown.some((number) => Math.abs(number - mean) <= 0.02 * Math.abs(mean) + 1e-9), `${basename(run)}: the mean ${mean} of ${metric} is not shown`);
    }
  }
  await context.close();
};

const sortsAndHovers = async (browser, run) => {
  const {context, page} = await open(browser, run, {viewport: {width: 1280, height: 900}});
  await scrollThrough(page);
  const table = page.locator("#comparison table.sortable, #results table.sortable, table.sortable").first();
  if (await table.count() > 0) {
    const button = table.locator("th button").first();
    await button.scrollIntoViewIfNeeded();
    const column = () => table.evaluate((t) => [...t.tBodies[0].rows].map((r) => r.cells[0].textContent));
    const before = (await column()).slice().sort();
    await button.focus();
    await page.keyboard.press("Enter");
    check(await table.locator("th[aria-sort=ascending]").count() === 1, `${basename(run)}: a header does not say that it sorts`);
    const up = await column();
    await page.keyboard.press("Enter");
    const down = await column();
    check(JSON.stringify(up.slice().sort()) === JSON.stringify(before), `${basename(run)}: sorting lost lines`);
    check(up.length < 2 || new Set(up).size < up.length || JSON.stringify(up) === JSON.stringify(down.slice().reverse()), `${basename(run)}: sorting twice is not the reverse`);
  }
  const map = page.locator("[data-sheet]:not([data-sheet=''])").first();
  if (await map.count() > 0) {
    await map.scrollIntoViewIfNeeded();
    const marks = map.locator("svg .mark-symbol path");
    for (const at of [0, 40, 80, 120, 160]) {
      const mark = marks.nth(at);
      if (await mark.count() > 0) await mark.hover({force: true, timeout: 2000}).catch(() => {});
      if (await page.locator(".peek").first().isVisible()) break;
    }
    check(await page.locator(".peek").first().isVisible(), `${basename(run)}: no image under the pointer`);
    if (process.env.SHOTS) await map.locator("xpath=..").screenshot({path: join(process.env.SHOTS, `${basename(run)}-map.png`)});
  }
  await page.evaluate(() => scrollTo({top: 0, behavior: "instant"}));
  await page.keyboard.press("Tab");
  await context.close();
};

// By Tab from the top to the end: all that can be used is reached, in the order of the page, in sight and with a mark on it.
const walksByTab = async (browser, run) => {
  const {context, page} = await open(browser, run, {reducedMotion: "reduce", viewport: {width: 1280, height: 900}});
  const where = basename(run);
  await scrollThrough(page);
  const wanted = await page.evaluate(() => {
    const usable = [...document.querySelectorAll("a[href], button, summary, [tabindex='0']")].filter((e) => e.getClientRects().length > 0 || e.className === "skip");
    window.usable = usable.filter((e) => !e.closest("details:not([open]) > :not(summary)"));
    return window.usable.length;
  });
  let reached = 0;
  for (; reached <= wanted; ++reached) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return null;
      const box = e.getBoundingClientRect(), style = getComputedStyle(e), rect = e.querySelector("rect");
      const marked = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none" || (rect && parseFloat(getComputedStyle(rect).strokeWidth) >= 2);
      return {number: window.usable.indexOf(e), what: `${e.tagName} ${(e.getAttribute("aria-label") || e.textContent).trim().slice(0, 40)}`, marked,
              seen: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth};
    });
    if (!at) break;
    check(at.number === reached, `${where}: Tab ${reached + 1} comes to ${at.what}, which is number ${at.number + 1} of the page`);
    check(at.marked, `${where}: no mark on ${at.what} when it has the focus`);
    check(at.seen, `${where}: ${at.what} has the focus out of sight`);
    if (at.number !== reached) break;
  }
  check(reached === wanted, `${where}: Tab comes to ${reached} of ${wanted} things that can be used`);
  const levels = await page.evaluate(() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((h) => Number(h.tagName[1])));
  check(levels.every((level, i) => level <= (levels[i - 1] || 0) + 1), `${where}: a level of headings is left out: ${levels}`);
  const unnamed = await page.evaluate(() => document.querySelectorAll("table:not(:has(> caption)), th:not([scope])").length);
  check(unnamed === 0, `${where}: ${unnamed} tables without a caption or headers without a scope`);
  const map = page.locator(".chart[tabindex='0']").first();
  if (await map.count() > 0) {
    await map.focus();
    for (const key of ["ArrowRight", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
    check(await page.locator(".peek").first().isVisible(), `${where}: no image after arrow keys`);
    check(/^Example \d+: /.test(await page.locator("[role=status]").first().innerText()), `${where}: it is not said which example the arrow keys came to`);
    await page.keyboard.press("Escape");
    check(!await page.locator(".peek").first().isVisible(), `${where}: the image stays after Escape`);
  }
  await context.close();
};

// On paper: white, nothing wider than the sheet, what is folded says so.
const prints = async (browser, run) => {
  const {context, page} = await open(browser, run, {colorScheme: "dark", viewport: {width: 690, height: 1000}});
  await page.emulateMedia({media: "print", colorScheme: "dark"});
  const where = `${basename(run)}, printed`;
  const [ground, ink] = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]);
  check(ground === "rgb(255, 255, 255)" && ink === "rgb(0, 0, 0)", `${where}: ${ink} on ${ground}`);
  const wide = await page.evaluate(() => [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".unseen, .strip"))
    .map((e) => `${e.tagName}.${e.className.baseVal ?? e.className} ${Math.round(e.getBoundingClientRect().right)}`));
  check(wide.length === 0, `${where}: cut off at the right: ${wide.slice(0, 5)}`);
  const silent = await page.evaluate(() => [...document.querySelectorAll("details:not([open]) > summary")].filter((s) => !getComputedStyle(s, "::after").content.includes("folded")).length);
  check(silent === 0, `${where}: ${silent} folded parts do not say so`);
  if (process.env.SHOTS) await page.pdf({path: join(process.env.SHOTS, `${basename(run)}.pdf`), format: "A4", preferCSSPageSize: true});
  await context.close();
};

const browser = await launch();
for (const run of runs) {
  for (const scheme of ["light", "dark"]) await looks(browser, run, scheme);
  await fitsATelephone(browser, run);
  await readsWithoutProgram(browser, run);
  await tellsTheTruth(browser, run);
  await sortsAndHovers(browser, run);
  await walksByTab(browser, run);
  await prints(browser, run);
}
await browser.close();
end(`${runs.length} pages`);
