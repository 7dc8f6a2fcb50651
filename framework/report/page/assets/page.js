"use strict";
(() => {
  document.documentElement.classList.add("scripted");

  // Tables: the headers become buttons that sort.
  const number = (text) => {
    const plain = text.trim().replace(/−/g, "-");
    const found = /^-?[\d.]+(e[+-]?\d+)?/.exec(plain);
    return found ? Number(found[0]) : NaN;
  };
  const compare = (a, b) => {
    const x = number(a), y = number(b);
    if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
    if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
    return a.localeCompare(b);
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if (head.textContent.trim() === "") return;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of heads) if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const rows = [...table.tBodies[0].rows];
        const text = (row) => row.cells[column].textContent;
        rows.sort((a, b) => (up ? 1 : -1) * compare(text(a), text(b)));
        table.tBodies[0].append(...rows);
      });
    });
  }

  // Links into a part that is folded away unfold it.
  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();

  // Images under the pointer: a field `i` of a point is the number of its tile in a sheet.
  const showTiles = (view, place, sheet) => {
    const peek = document.createElement("div");
    peek.className = "peek";
    place.parentElement.append(peek);
    const side = Number(sheet.dataset.side), columns = Number(sheet.dataset.columns), scale = 72 / side;
    peek.style.width = peek.style.height = 72 + "px";
    peek.style.backgroundImage = `url(${sheet.src})`;
    peek.style.backgroundSize = `${columns * 72}px auto`;
    view.addEventListener("pointermove", (event, item) => {
      const i = item && item.datum && item.datum.i;
      if (i === undefined || i === null) { peek.style.display = "none"; return; }
      const x = i % columns, y = Math.floor(i / columns), box = place.parentElement.getBoundingClientRect();
      peek.style.backgroundPosition = `${-x * side * scale}px ${-y * side * scale}px`;
      peek.style.left = Math.max(event.clientX - box.left - 88, 0) + "px";  // the numbers are on its other side
      peek.style.top = event.clientY - box.top - 88 + "px";
      peek.style.display = "block";
    });
    place.addEventListener("pointerleave", () => { peek.style.display = "none"; });
  };

  // Charts: the live view takes the place of the still one when it comes near the window.
  const charts = document.querySelectorAll("[data-chart]");
  if (!window.vegaEmbed || charts.length === 0) return;
  const enliven = async (place) => {
    const specification = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    delete specification.$schema;  // it may be older than the program, which draws both
    const width = Math.max(place.clientWidth, 220);
    if (typeof specification.width === "number") {
      specification.width = "container";
      specification.autosize = {type: "fit", contains: "padding"};
      specification.height = Math.min(specification.height || 260, 0.8 * width);
      specification.height += 40;
    }
    if (specification.config && specification.config.legend) specification.config.legend.columns = Math.max(1, Math.floor(width / 220));
    if (specification.facet) specification.columns = Math.max(1, Math.floor(width / 290));
    specification.background = null;
    const still = [...place.childNodes];
    const live = document.createElement("div");
    live.style.width = "100%";
    place.append(live);
    try {
      const result = await vegaEmbed(live, specification, {mode: "vega-lite", renderer: "svg", actions: false, tooltip: {theme: "custom"}});
      for (const node of still) node.remove();
      place.classList.add("live");
      const svg = live.querySelector("svg");
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", place.dataset.label);
      for (const inner of svg.querySelectorAll("[aria-label],[aria-roledescription],[role]")) {
        inner.removeAttribute("aria-label");
        inner.removeAttribute("aria-roledescription");
        inner.removeAttribute("role");
      }
      live.removeAttribute("role");
      live.removeAttribute("aria-roledescription");
      live.removeAttribute("aria-label");
      const sheet = place.dataset.sheet && document.getElementById(place.dataset.sheet);
      if (sheet) showTiles(result.view, place, sheet);
    } catch (error) {
      live.remove();
      console.error("a chart could not be drawn: " + error.message);
    }
  };
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries)
      if (entry.isIntersecting) {
        watcher.unobserve(entry.target);
        enliven(entry.target);
      }
  }, {rootMargin: "400px"});
  for (const chart of charts) watcher.observe(chart);
})();
