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
  const sort = (table) => {  // as its header says
    const heads = [...table.tHead.rows[0].cells];
    const column = heads.findIndex((head) => ["ascending", "descending"].includes(head.getAttribute("aria-sort")));
    if (column < 0) return;
    const up = heads[column].getAttribute("aria-sort") === "ascending";
    const rows = [...table.tBodies[0].rows];
    const text = (row) => row.cells[column].textContent;
    rows.sort((a, b) => (up ? 1 : -1) * compare(text(a), text(b)));
    if (rows.some((row, i) => row !== table.tBodies[0].rows[i])) table.tBodies[0].append(...rows);
  };
  const makeSortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    for (const head of heads) {
      if (head.textContent.trim() === "" || head.querySelector("button")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of table.querySelectorAll("th[aria-sort]")) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        sort(table);
      });
    }
    sort(table);
  };

  // Frames that scroll can be reached by the keyboard; others would only be in the way.
  const sizes = new ResizeObserver((entries) => {
    for (const {target} of entries)
      if (target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
  });

  // Links into a part that is folded away unfold it.
  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();

  // Images of examples: a field `i` of a point is the number of its tile in a sheet.
  const makePeek = (place, sheet) => {
    const peek = document.createElement("div");
    peek.className = "peek";
    place.parentElement.append(peek);
    const side = Number(sheet.dataset.side), columns = Number(sheet.dataset.columns), scale = 72 / side;
    peek.style.width = peek.style.height = 72 + "px";
    peek.style.backgroundImage = `url(${sheet.src})`;
    peek.style.backgroundSize = `${columns * 72}px auto`;
    const hide = () => { peek.style.display = "none"; };
    const show = (i, clientX, clientY) => {
      const x = i % columns, y = Math.floor(i / columns), box = place.parentElement.getBoundingClientRect();
      peek.style.backgroundPosition = `${-x * side * scale}px ${-y * side * scale}px`;
      peek.style.left = Math.max(clientX - box.left - 88, 0) + "px";  // the numbers are on its other side
      peek.style.top = clientY - box.top - 88 + "px";
      peek.style.display = "block";
    };
    return {show, hide};
  };
  const showUnderPointer = (view, place, peek) => {
    view.addEventListener("pointermove", (event, item) => {
      const i = item && item.datum && item.datum.i;
      if (i === undefined || i === null) peek.hide();
      else peek.show(i, event.clientX, event.clientY);
    });
    place.addEventListener("pointerleave", peek.hide);
  };

  // The same by the keyboard: arrows go to the nearest example that lies that way.
  const goByArrows = (place, peek) => {
    const ways = {ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1]};
    const said = document.createElement("p");
    said.className = "note";
    said.setAttribute("role", "status");
    place.after(said);
    place.tabIndex = 0;
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", place.dataset.label + "; arrow keys go from example to example");
    let at = null;
    const leave = () => {
      if (at) at.classList.remove("at");
      at = null;
      said.textContent = "";
      peek.hide();
    };
    const next = (points, [right, down]) => {
      const from = points.find((point) => point.mark === at);
      if (!from) return points[0];
      let best = null, least = Infinity;
      for (const point of points) {
        const x = point.x - from.x, y = point.y - from.y, along = x * right + y * down, across = Math.abs(x * down) + Math.abs(y * right);
        if (along > 0 && across <= along && along + across < least) best = point, least = along + across;
      }
      return best;
    };
    place.addEventListener("keydown", (event) => {
      if (event.key === "Escape") leave();
      if (!ways[event.key]) return;
      event.preventDefault();
      const points = [...place.querySelectorAll(".role-mark.mark-symbol > path")].map((mark) => {
        const box = mark.getBoundingClientRect();
        return {mark, x: box.left + box.width / 2, y: box.top + box.height / 2};
      });
      const to = next(points, ways[event.key]);
      if (!to) return;
      if (at) at.classList.remove("at");
      at = to.mark;
      at.classList.add("at");
      const datum = at.__data__.datum;
      said.textContent = `Example ${datum.i_row}: ${datum.label}`;
      peek.show(datum.i, to.x, to.y);
    });
    place.addEventListener("blur", leave);
  };

  // Charts: the live view takes the place of the still one when it comes near the window.
  const drawn = new WeakMap();  // by place: the text of the specification, what it says, and its view
  const work = new WeakMap();   // by place: what is being done to it, one thing after the other
  const fitted = (written, place) => {
    const specification = structuredClone(written);
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
    if (isTable(specification.data)) specification.data = {name: "points", values: rowsOf(specification.data)};
    return specification;
  };
  const isTable = (data) => Boolean(data) && typeof data.values === "string" && Boolean(data.format) && data.format.type === "csv";
  // Lines of CSV as objects. Vega's own reader would make a program of the first line, which a page may not do that
  // allows no `eval`.
  const rowsOf = (data) => {
    const cells = (line) => {
      if (!line.includes('"')) return line.split(",");
      const out = [], cell = /("(?:[^"]|"")*"|[^,]*)(,|$)/y;
      for (let found; (found = cell.exec(line));) {
        out.push(found[1].startsWith('"') ? found[1].slice(1, -1).replace(/""/g, '"') : found[1]);
        if (found[2] === "") break;
      }
      return out;
    };
    const lines = data.values.match(/(?:"(?:[^"]|"")*"|[^"\n])+/g) || [];
    const names = cells(lines[0] || "");
    const numeric = names.map((name) => (data.format.parse || {})[name] === "number");
    return lines.slice(1).map((line) => Object.fromEntries(cells(line).map((cell, i) => [names[i], numeric[i] ? (cell === "" ? null : Number(cell)) : cell])));
  };
  const butData = (specification) => JSON.stringify({...specification, data: specification.data && specification.data.format});
  const name = (place, svg) => {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", place.dataset.label);
    for (const inner of svg.querySelectorAll("[aria-label],[aria-roledescription],[role]")) {
      inner.removeAttribute("aria-label");
      inner.removeAttribute("aria-roledescription");
      inner.removeAttribute("role");
    }
  };
  // Where the reader has zoomed: the ends of the axes, and nothing of the movement that led there.
  const keepZoom = (before, after) => {
    try {
      const zoom = before.getState({signals: (of) => /^zoom_[xy]$/.test(of), data: (of) => of === "zoom_store"});
      if (((zoom.data || {}).zoom_store || []).length > 0) after.setState(zoom);
    } catch (error) { /* its axes are others now */ }
  };
  const draw = async (place, specification, before) => {
    const others = [...place.childNodes];
    const live = document.createElement("div");
    live.style.width = "100%";
    place.append(live);
    try {
      // `ast`: by an interpreter, so that a page which may not make programs of text shows its charts too.
      const result = await vegaEmbed(live, fitted(specification, place), {mode: "vega-lite", renderer: "svg", actions: false, tooltip: {theme: "custom"}, ast: true});
      if (before) {
        keepZoom(before, result.view);
        before.finalize();
      }
      for (const node of others) node.remove();
      place.classList.add("live");
      for (const attribute of ["role", "aria-roledescription", "aria-label"]) live.removeAttribute(attribute);
      const sheet = place.dataset.sheet && document.getElementById(place.dataset.sheet);
      if (sheet) {
        const peek = makePeek(place, sheet);
        showUnderPointer(result.view, place, peek);
        goByArrows(place, peek);
      }
      return result.view;
    } catch (error) {
      live.remove();
      console.error("a chart could not be drawn: " + error.message);
      return null;
    }
  };
  // Draws a chart as its specification is now; where only its numbers are others, those alone change, and what is
  // zoomed stays so.
  const bringUpToDate = async (place) => {
    const text = document.getElementById(place.dataset.chart).textContent;
    const known = drawn.get(place);
    if (known && known.text === text) return;
    const specification = JSON.parse(text);
    let view = known && known.view;
    if (view && isTable(specification.data) && butData(specification) === butData(known.specification)) {
      view.data("points", rowsOf(specification.data));
      await view.runAsync();
    } else {
      view = await draw(place, specification, view);
    }
    drawn.set(place, {text, specification, view});
    const svg = place.querySelector("svg");
    if (view && svg) name(place, svg);
  };
  const seen = new WeakSet();
  const watcher = window.vegaEmbed && new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) seen.add(entry.target), look(entry.target);
      else seen.delete(entry.target);
    }
  }, {rootMargin: "400px"});
  const look = (place) => work.set(place, (work.get(place) || Promise.resolve()).then(() => bringUpToDate(place)));

  // Brings to life what is in the page now; again after it has changed.
  const enliven = () => {
    for (const table of document.querySelectorAll("table.sortable")) makeSortable(table);
    for (const frame of document.querySelectorAll(".scroll, pre")) sizes.observe(frame);
    if (!watcher) return;
    for (const chart of document.querySelectorAll("[data-chart]")) {
      watcher.observe(chart);  // once, however often
      if (seen.has(chart)) look(chart);
    }
  };
  window.shoal = {enliven};
  enliven();
})();
