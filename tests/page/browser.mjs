// What tests of pages in headless Chromium share.
import {createRequire} from "node:module";
import {readFileSync, existsSync} from "node:fs";
import {join, resolve} from "node:path";

/// Chromium and axe-core, by the folder that holds node_modules.
export const tools = (modules) => {
  const require = createRequire(join(resolve(modules), "x.js"));
  const program = process.env.CHROMIUM || ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
  return {
    launch: () => require("playwright-core").chromium.launch({executablePath: program, args: ["--no-sandbox"]}),
    axe: readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"),
  };
};

/// What axe-core says against a page, a line each.
export const findings = async (page, axe) => {
  await page.evaluate(axe);
  return page.evaluate(async () => (await window.axe.run(document, {resultTypes: ["violations"]})).violations
    .map((v) => `${v.id}: ${v.help} (${v.nodes.length}×, ${v.nodes[0].target.join(" ")}: ${(v.nodes[0].any[0] || {}).message || ""})`));
};

/// A picture in $SHOTS, where that is set.
export const shot = async (page, name, whole = true) => {
  if (process.env.SHOTS) await page.screenshot({path: join(process.env.SHOTS, `${name}.png`), fullPage: whole});
};

let wrong = 0;
export const check = (good, what) => {
  if (!good) { console.log("WRONG " + what); wrong += 1; }
};
export const end = (pages) => {
  console.log(wrong === 0 ? `${pages} are good` : `${wrong} things are wrong`);
  process.exit(wrong === 0 ? 0 : 1);
};
