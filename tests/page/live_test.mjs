// Opens the page of a run at work in headless Chromium, and looks on while it is brought up to date, until it is the report.
//   node tests/page/live_test.mjs FOLDER ADDRESS PROCESS
// FOLDER as in browser_test.mjs; ADDRESS as `shoal run --live` prints it; PROCESS: the run, which is stopped at the end.
import {tools, findings, shot, check, end} from "./browser.mjs";

const [modules, address, run] = process.argv.slice(2);
const {launch, axe} = tools(modules);
const kPatience = 120000;  // the run has the processors

const open = async (browser, options) => {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(kPatience);
  const page = await context.newPage();
  const heard = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) heard.push(message.text()); });
  page.on("pageerror", (error) => heard.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith(address)) heard.push("asks for " + request.url()); });
  await page.goto(address);
  return {context, page, heard};
};
const number = (page) => page.evaluate(() => Number(document.getElementById("now").dataset.page));
/// Until the server has given a page that is newer by so much.
const newer = async (page, by = 1) => {
  const from = await number(page);
  await page.waitForFunction((least) => document.getElementById("now").dataset.page >= least, from + by, {timeout: kPatience});
};
const drawn = (page) => page.waitForFunction(() => document.querySelector("#curves [data-chart].live"), null, {timeout: kPatience});
const sees = async (page) => {
  await page.waitForFunction(() => document.getElementById("curves"), null, {timeout: kPatience});
  await page.locator("#curves").scrollIntoViewIfNeeded();
  await drawn(page);
};

const looks = async (browser, scheme) => {
  const {context, page, heard} = await open(browser, {colorScheme: scheme, viewport: {width: 1280, height: 900}});
  await sees(page);
  for (const found of await findings(page, axe)) check(false, `live, ${scheme}: axe: ${found}`);
  await page.evaluate(() => scrollTo({top: 0, behavior: "instant"}));
  await shot(page, `live-${scheme}`);
  for (const said of heard) check(false, `live, ${scheme}: console: ${said}`);
  await context.close();
};

const fitsATelephone = async (browser) => {
  const {context, page} = await open(browser, {viewport: {width: 360, height: 740}, deviceScaleFactor: 2, isMobile: true});
  await sees(page);
  const [inner, wide] = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollWidth]);
  check(wide <= inner, `live: scrolls sideways at 360 px: ${wide} > ${inner}`);
  for (const found of await findings(page, axe)) check(false, `live, 360 px: axe: ${found}`);
  await page.evaluate(() => scrollTo({top: 0, behavior: "instant"}));
  await shot(page, "live-phone");
  await context.close();
};

const readsWithoutProgram = async (browser) => {
  const {context, page} = await open(browser, {javaScriptEnabled: false, viewport: {width: 1280, height: 900}});
  check(await page.locator("noscript").count() > 0 && (await page.locator("#now").innerText()).includes("reload"), "live: without JavaScript it does not say that it is to be loaded again");
  check(await page.locator("#now tbody tr").count() > 0, "live: without JavaScript it has no nodes");
  await context.close();
};

// What a reader did to the page is still so when it has been brought up to date.
const stays = async (browser) => {
  const {context, page, heard} = await open(browser, {viewport: {width: 1280, height: 900}});
  await sees(page);
  const chart = page.locator("#curves [data-chart].live").first();
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const ticks = () => chart.locator("svg .role-axis-label").first().textContent();
  const before = await ticks();
  await page.keyboard.down("Shift");
  for (let i = 0; i < 4; ++i) await page.mouse.wheel(0, -200);
  await page.keyboard.up("Shift");
  await page.waitForFunction(([place, was]) => document.querySelector(place).textContent !== was, ["#curves [data-chart].live svg .role-axis-label", before], {timeout: kPatience})
    .catch(() => check(false, "live: a chart cannot be zoomed"));
  const lines = () => chart.evaluate((e) => [...e.querySelectorAll(".mark-line path")].map((path) => path.getAttribute("d")).join());
  await page.locator("#curves details summary").first().click();
  await page.locator("#nodes details summary").first().focus();
  const zoomed = await ticks(), drawnBefore = await lines();
  await page.evaluate(() => { document.querySelector("#curves [data-chart].live").mine = true; });
  const nodesAt = () => page.locator("#nodes").evaluate((e) => Math.round(e.getBoundingClientRect().top));
  await page.locator("#nodes").evaluate((e) => e.scrollIntoView({behavior: "instant"}));
  await page.waitForTimeout(200);
  const at = await nodesAt();
  await newer(page, 2);
  check(await page.evaluate(() => document.querySelector("#curves [data-chart].live").mine), "live: a chart was put in anew");
  check(Math.abs(await nodesAt() - at) <= 2, `live: what is read moves when the page is brought up to date: from ${at} to ${await nodesAt()}`);
  check(await page.evaluate(() => document.activeElement.tagName) === "SUMMARY", "live: the focus is lost");
  check(await page.locator("#curves details").first().evaluate((e) => e.open), "live: what was unfolded is folded again");
  await chart.scrollIntoViewIfNeeded();
  await page.waitForFunction((was) => [...document.querySelector("#curves [data-chart].live").querySelectorAll(".mark-line path")].map((path) => path.getAttribute("d")).join() !== was, drawnBefore, {timeout: kPatience})
    .catch(() => check(false, "live: a chart does not grow"));
  check(await ticks() === zoomed, `live: the zoom is lost: ${zoomed} became ${await ticks()}`);
  return {context, page, heard};
};

const browser = await launch();
for (const scheme of ["light", "dark"]) await looks(browser, scheme);
await fitsATelephone(browser);
await readsWithoutProgram(browser);
const {page, heard} = await stays(browser);
process.kill(Number(run), "SIGINT");
await page.waitForFunction(() => !document.getElementById("now") && document.getElementById("results"), null, {timeout: kPatience})
  .catch(() => check(false, "live: the page does not become the report"));
await page.waitForFunction(() => [...document.querySelectorAll("[data-chart]")].some((c) => c.classList.contains("live")), null, {timeout: kPatience})
  .catch(() => check(false, "live: charts of the report do not live under its rules"));
for (const said of heard) check(false, `live: console: ${said}`);
await browser.close();
end("the pages of a run at work");
