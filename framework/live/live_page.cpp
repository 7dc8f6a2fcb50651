#include "framework/live/live_page.h"

namespace shoal::host {
namespace {

constexpr std::string_view kPage = R"page(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Shoal: a run at work</title>
<style>
:root { color-scheme: light dark; --line: #8886; --ink: #1668b0; }
@media (prefers-color-scheme: dark) { :root { --ink: #74b9f5; } }
body { font: 16px/1.45 system-ui, sans-serif; max-width: 60rem; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin: 0; } h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
progress { width: 8rem; } .number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem; }
figure { margin: 0; } figcaption { font-size: .85rem; overflow-wrap: anywhere; }
svg { width: 100%; height: 6rem; border: 1px solid var(--line); } polyline { fill: none; stroke: var(--ink); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; max-height: 20rem; overflow-y: auto; }
</style>
</head>
<body>
<h1>A run at work</h1>
<p id="state" role="status">waiting for the first event</p>
<h2>Nodes</h2>
<table><thead><tr><th scope="col">node</th><th scope="col">state</th><th scope="col">progress</th><th scope="col">last numbers</th></tr></thead><tbody id="nodes"></tbody></table>
<h2>Curves</h2>
<div class="curves" id="curves"></div>
<h2>Log</h2>
<pre id="log" tabindex="0"></pre>
<noscript><p>This page shows how far the run is by JavaScript; without it, reload until the report is there.</p></noscript>
<script>
"use strict";
const at = {events: 0, metrics: 0}, nodes = new Map(), curves = new Map(), kMostPoints = 2000, kMostCurves = 24;
let row = 0, rows = 1, settings = "", ended = null;
const number = x => x === null || x === undefined ? "not finite" : Number(x.toPrecision(5)).toString();
const seconds = s => s < 60 ? s.toFixed(1) + " s" : Math.floor(s / 60) + " min " + Math.round(s % 60) + " s";
const make = (tag, text) => { const e = document.createElement(tag); if (text !== undefined) e.textContent = text; return e; };
const node = name => { if (!nodes.has(name)) nodes.set(name, {state: "", last: new Map()}); return nodes.get(name); };

function hear(e) {
  if (e.event === "row_begin") { row = e.row; settings = e.text || ""; nodes.clear(); }
  else if (e.event === "node_begin") { const n = node(e.node); n.state = "at work"; n.began = e.time; }
  else if (e.event === "progress") { const n = node(e.node); n.done = e.done; n.total = e.total; n.unit = e.unit || ""; n.time = e.time; }
  else if (e.event === "scalar" && e.node) node(e.node).last.set(e.name, e.value);
  else if (e.event === "node_end") { const n = node(e.node); n.state = e.status + (e.seconds ? " in " + seconds(e.seconds) : ""); n.total = 0; if (e.status === "failed") say(e.node + " failed: " + (e.text || "")); }
  else if (e.event === "log") say(e.node + ": " + (e.level === "warning" ? "warning: " : "") + e.text);
  else if (e.event === "run_end") ended = e.status;
}
function say(line) { document.getElementById("log").append(line + "\n"); }

function measure(m) {
  const key = (m.row ? "row " + (m.row + 1) + " " : "") + m.node + "." + m.name;
  if (!curves.has(key)) curves.set(key, {points: [], every: 1, seen: 0});
  const c = curves.get(key);
  if (m.value === null || c.seen++ % c.every) return;
  c.points.push([m.step, m.value]);
  if (c.points.length > kMostPoints) { c.points = c.points.filter((_, i) => i % 2 === 0); c.every *= 2; }
}

function drawNodes() {
  const body = document.getElementById("nodes"), lines = [];
  for (const [name, n] of nodes) {
    const line = make("tr"), progress = make("td");
    line.append(make("th", name), make("td", n.state));
    line.firstChild.scope = "row";
    if (n.total > 0) {
      const bar = make("progress");
      bar.max = n.total; bar.value = n.done;
      bar.setAttribute("aria-label", name);
      const rate = n.time > n.began ? n.done / (n.time - n.began) : 0;
      const left = rate > 0 ? ", left " + seconds((n.total - n.done) / rate) : "";
      progress.append(bar, make("div", n.done + "/" + n.total + " " + n.unit + left));
    } else if (n.state === "at work" && n.done) progress.textContent = n.done + " " + n.unit;
    const last = make("td", [...n.last].slice(0, 4).map(([k, v]) => k + " " + number(v)).join("  "));
    last.className = "number"; last.style.whiteSpace = "normal";
    line.append(progress, last);
    lines.push(line);
  }
  body.replaceChildren(...lines);
}

function drawCurves() {
  const figures = [], svg = "http://www.w3.org/2000/svg";
  for (const [key, c] of [...curves].slice(-kMostCurves)) {
    if (c.points.length < 2) continue;
    const xs = c.points.map(p => p[0]), ys = c.points.map(p => p[1]);
    const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const figure = make("figure"), picture = document.createElementNS(svg, "svg"), line = document.createElementNS(svg, "polyline");
    picture.setAttribute("viewBox", "0 0 100 40"); picture.setAttribute("preserveAspectRatio", "none");
    picture.setAttribute("role", "img"); picture.setAttribute("aria-label", key + ", from " + number(y0) + " to " + number(y1));
    line.setAttribute("points", c.points.map(p => (x1 > x0 ? (p[0] - x0) / (x1 - x0) * 100 : 50).toFixed(2) + "," + (y1 > y0 ? 39 - (p[1] - y0) / (y1 - y0) * 38 : 20).toFixed(2)).join(" "));
    picture.append(line);
    figure.append(picture, make("figcaption", key + ": " + number(ys[ys.length - 1]) + " at " + x1 + " (" + number(y0) + " … " + number(y1) + ")"));
    figures.push(figure);
  }
  const note = curves.size > kMostCurves ? [make("p", "the last " + kMostCurves + " of " + curves.size + " curves; metrics.jsonl has all")] : [];
  document.getElementById("curves").replaceChildren(...figures, ...note);
}

async function take(name, hearLine) {
  let more = false;
  const answer = await fetch("/" + name + ".jsonl?from=" + at[name]);
  if (!answer.ok) return false;
  const text = await answer.text();
  more = text.length > 500000;
  at[name] = Number(answer.headers.get("X-Next"));
  for (const line of text.split("\n")) if (line) { try { hearLine(JSON.parse(line)); } catch (e) { say("a line of " + name + ".jsonl cannot be read"); } }
  return more;
}

async function look() {
  try {
    while (await take("events", hear));
    while (await take("metrics", measure));
    document.getElementById("state").textContent = ended ? "ended: " + ended + "; the report is being written" : "row " + (row + 1) + (settings ? ": " + settings : "");
    drawNodes(); drawCurves();
    if (ended && (await fetch("/report.html", {cache: "no-store"})).ok) { location.replace("/"); return; }
  } catch (e) {
    document.getElementById("state").textContent = "the server is gone: the run has ended, or was stopped";
  }
  setTimeout(look, 1000);
}
look();
</script>
</body>
</html>
)page";

}  // namespace

std::string_view live_page() { return kPage; }

}  // namespace shoal::host
