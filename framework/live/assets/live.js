"use strict";
// Keeps the page of a run at work up to date: its top each second, the rest when the server has a newer one. What is
// the same stays the same element, so that scrolling, focus, what is unfolded, sorted or zoomed outlast it.
(() => {
  const me = Math.random().toString(36).slice(2);  // so that the server knows how many pages are open
  const parse = (html) => new DOMParser().parseFromString(html, "text/html");
  const top = () => document.getElementById("now");
  let have = Number(top().dataset.page);

  // What tells a child among its siblings; "" where only its turn does.
  const key = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    if (node.tagName === "FIGURE") return "figure " + (node.querySelector("figcaption") || node).textContent;
    if (node.tagName === "DETAILS") return "details " + node.querySelector("summary").textContent.replace(/\d+/g, "n");
    return node.tagName === "SCRIPT" || !node.id ? "" : "#" + node.id;
  };
  const alike = (a, b) => a.nodeName === b.nodeName && key(a) === key(b);
  // What the reader, or page.js, has made of an element.
  const theirs = (element, name) =>
    (element.tagName === "DETAILS" && name === "open") || name === "aria-sort" || (name === "class" && element.hasAttribute("data-chart"));

  const morph = (old, fresh) => {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== fresh.data) old.data = fresh.data;
      return;
    }
    for (const {name, value} of [...fresh.attributes])
      if (!theirs(old, name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    for (const {name} of [...old.attributes]) if (!theirs(old, name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
    if (old.hasAttribute("data-chart")) return;  // drawn from its specification, by page.js
    const button = old.tagName === "TH" && old.querySelector("button");
    if (button) {
      if (button.textContent !== fresh.textContent) button.textContent = fresh.textContent;
      return;
    }
    morphChildren(old, fresh);
  };
  const morphChildren = (old, fresh) => {
    const keyed = new Map();
    for (const child of old.childNodes) if (key(child)) keyed.set(key(child), child);
    const all = [...fresh.childNodes];
    let at = old.firstChild;
    all.forEach((wanted, turn) => {
      const name = key(wanted);
      let found = name ? keyed.get(name) : null;
      if (!name) {
        while (at && !alike(at, wanted) && !all.slice(turn).some((later) => alike(at, later))) at = at.nextSibling;  // it goes
        found = at && alike(at, wanted) ? at : null;
      }
      if (found) {
        if (found !== at) old.insertBefore(found, at);
        else at = at.nextSibling;
        keyed.delete(name);
        found.kept = true;
        morph(found, wanted);
      } else {
        const added = document.importNode(wanted, true);
        added.kept = true;
        old.insertBefore(added, at);
      }
    });
    for (const child of [...old.childNodes]) {
      if (!child.kept && !isOurs(child)) child.remove();
      delete child.kept;
    }
  };
  // Put there by page.js: the image under the pointer.
  const isOurs = (node) => node.nodeType === Node.ELEMENT_NODE && node.classList.contains("peek");

  const showNow = (html) => {
    const log = top().querySelector("pre.log");
    const atEnd = !log || log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
    morph(top(), parse(html).getElementById("now"));
    const after = top().querySelector("pre.log");
    if (after && atEnd) after.scrollTop = after.scrollHeight;
  };

  const showPage = async () => {
    const answer = await fetch("/live");
    if (!answer.ok) return;
    const fresh = parse(await answer.text());
    for (const part of ["header", "nav", "main"]) {
      const old = document.querySelector(part), wanted = fresh.querySelector(part);
      if (old && wanted) morph(old, wanted);
    }
    have = Number(top().dataset.page);
    window.shoal.enliven();
  };

  const say = (text) => {
    let note = document.getElementById("gone");
    if (!text) return note && note.remove();
    if (!note) {
      note = document.createElement("p");
      note.id = "gone";
      note.setAttribute("role", "status");
      document.querySelector("header").append(note);
    }
    if (note.textContent !== text) note.textContent = text;
  };

  const look = async () => {
    try {
      const answer = await fetch("/now?page=" + me);
      if (!answer.ok) throw new Error(String(answer.status));
      const state = await answer.json();
      if (state.report) return location.replace("/");
      say(state.stopped ? "The run was stopped before it wrote its results. What is here is what it had come to." : "");
      showNow(state.now);
      if (state.page !== have) await showPage();
      if (state.stopped) return;
    } catch (error) {
      say("The server does not answer: the run has ended, or was stopped. This page is as it was; report.html in the run folder has the results.");
    }
    setTimeout(look, 1000);
  };
  addEventListener("pagehide", () => { fetch("/closed?page=" + me, {keepalive: true}).catch(() => {}); });
  const log = top().querySelector("pre.log");
  if (log) log.scrollTop = log.scrollHeight;
  look();
})();
