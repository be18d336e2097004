// The diagram: zooming, moving, and a picture of one table with its neighbours.
"use strict";

(() => {
  const { audit, byId, show } = page;
  const canvas = byId("canvas");
  const whole = canvas.querySelector("svg");
  const told = byId("zoom");
  const focus = byId("focus");
  const showRow = byId("show-row");
  const SVG = "http://www.w3.org/2000/svg";

  // ---- zooming and moving ----

  /** What of the picture is seen: its upper left corner and how many pixels one of its units has. */
  let view = { x: 0, y: 0, scale: 1 };
  let picture = whole;
  let size = { width: 0, height: 0 };

  const draw = () => {
    const { clientWidth, clientHeight } = canvas;
    if (clientWidth === 0 || clientHeight === 0) return;
    picture.setAttribute("viewBox", `${view.x} ${view.y} ${clientWidth / view.scale} ${clientHeight / view.scale}`);
    told.textContent = `${Math.round(view.scale * 100)} %`;
  };

  /** The canvas is as high as the picture at full width, within bounds; looking at one table never makes it lower. */
  let least = 320;
  const grow = () => {
    const wanted = (size.height * canvas.clientWidth) / Math.max(size.width, canvas.clientWidth / 1.25);
    least = Math.max(least, Math.min(wanted, Math.max(innerHeight * 1.6, 700)));
    canvas.style.height = `${Math.round(least)}px`;
  };

  const fit = () => {
    // Not laid out: there is nothing to fit into.
    if (canvas.clientWidth === 0 || canvas.clientHeight === 0) return;
    const scale = Math.min(canvas.clientWidth / size.width, canvas.clientHeight / size.height, 1.25);
    view = {
      scale,
      x: (size.width - canvas.clientWidth / scale) / 2,
      y: (size.height - canvas.clientHeight / scale) / 2,
    };
    draw();
  };

  /** Zooms so that the point under the pointer stays where it is. */
  const zoom = (factor, at = { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 }) => {
    const scale = Math.min(Math.max(view.scale * factor, 0.02), 6);
    view.x += at.x / view.scale - at.x / scale;
    view.y += at.y / view.scale - at.y / scale;
    view.scale = scale;
    draw();
  };

  const move = (x, y) => {
    view.x -= x / view.scale;
    view.y -= y / view.scale;
    draw();
  };

  const use = (svg) => {
    const box = svg.getAttribute("viewBox").split(" ").map(Number);
    size = { width: box[2], height: box[3] };
    svg.removeAttribute("width");
    svg.removeAttribute("height");
    svg.dataset.size = `${box[2]} ${box[3]}`;
    svg.setAttribute("preserveAspectRatio", "xMinYMin meet");
    // It is as large as what is looked at, not as the picture.
    const paper = svg.querySelector(".paper");
    if (paper) paper.remove();
    picture = svg;
    canvas.replaceChildren(svg);
    grow();
    fit();
  };

  byId("zoom-in").addEventListener("click", () => zoom(1.3));
  byId("zoom-out").addEventListener("click", () => zoom(1 / 1.3));
  byId("zoom-fit").addEventListener("click", fit);
  canvas.addEventListener(
    "wheel",
    (event) => {
      // Without a key the page scrolls, as everywhere.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const place = canvas.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - place.left, y: event.clientY - place.top });
    },
    { passive: false },
  );
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 60;
    const keys = {
      "+": () => zoom(1.3),
      "=": () => zoom(1.3),
      "-": () => zoom(1 / 1.3),
      0: fit,
      ArrowLeft: () => move(step, 0),
      ArrowRight: () => move(-step, 0),
      ArrowUp: () => move(0, step),
      ArrowDown: () => move(0, -step),
      Escape: () => focus.value !== "" && around(""),
    };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  const pointers = new Map();
  let travelled = 0;
  canvas.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    travelled = 0;
  });
  addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    const now = { x: event.clientX, y: event.clientY };
    travelled += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    if (others.length === 1) {
      const [other] = others;
      const distance = (point) => Math.hypot(point.x - other.x, point.y - other.y);
      const place = canvas.getBoundingClientRect();
      const middle = { x: (now.x + other.x) / 2 - place.left, y: (now.y + other.y) / 2 - place.top };
      if (distance(before) > 0) zoom(distance(now) / distance(before), middle);
    } else {
      canvas.classList.add("moving");
      move(now.x - before.x, now.y - before.y);
    }
    pointers.set(event.pointerId, now);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    addEventListener(end, (event) => {
      pointers.delete(event.pointerId);
      canvas.classList.remove("moving");
    });
  }

  // ---- one table and its neighbours ----

  const LINE = 18;
  const HEAD = 26;
  const LETTER = 7.3;
  const MOST = 24;

  const svg = (name, attributes = {}, ...children) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

  /** A table with the columns that are named, or all. */
  const box = (name, wanted) => {
    const table = audit().tables.find((own) => own.name === name);
    const all = (table?.columns ?? []).map((column) => {
      const said = column.cells.find((cell) => cell.text !== "")?.text ?? "";
      return { name: column.name, type: short(said.split(/, (?:not null|nullable)/)[0], 24) };
    });
    const columns = wanted ? all.filter((column) => wanted.has(column.name)) : all;
    const letters = Math.max(name.length + 2, ...columns.map((column) => column.name.length + column.type.length + 1), 10);
    return { name, columns, width: Math.min(letters, 60) * LETTER + 22, height: HEAD + columns.length * LINE + 10, x: 0, y: 0 };
  };

  const drawn = (own, classes) => {
    const group = svg(
      "g",
      { class: `table ${classes}`, "data-table": own.name, transform: `translate(${own.x} ${own.y})` },
      svg("rect", { class: "box", width: own.width, height: own.height, rx: 4 }),
      svg("path", { class: "head", d: `M1.5 ${HEAD}V4.5a3 3 0 0 1 3-3H${own.width - 4.5}a3 3 0 0 1 3 3V${HEAD}z` }),
      svg("text", { class: "name", x: 10, y: 18 }, short(own.name, 56)),
    );
    own.columns.forEach((column, at) => {
      const text = svg("text", { x: 10, y: HEAD + 16 + at * LINE }, `${short(column.name, 34)} `, svg("tspan", { class: "type" }, column.type));
      group.append(text);
    });
    return group;
  };

  /** The height at which a relation meets a table: at its first column, where that is shown. */
  const level = (own, columns) => {
    const at = own.columns.findIndex((column) => column.name === columns[0]);
    return own.y + (at < 0 ? HEAD / 2 : HEAD + 11 + at * LINE);
  };

  const neighbourhood = (name) => {
    const relations = audit().relations.filter((own) => own.from === name || own.to === name);
    const middle = box(name);
    const side = (wanted, other, columns) => {
      const boxes = new Map();
      for (const own of relations.filter((relation) => relation[wanted] === name && relation[other] !== name)) {
        const known = boxes.get(own[other]) ?? new Set();
        (own[columns] ?? []).forEach((column) => known.add(column));
        boxes.set(own[other], known);
      }
      return [...boxes].map(([neighbour, known]) => box(neighbour, known));
    };
    const all = { left: side("to", "from", "columns"), right: side("from", "to", "to_columns") };
    // What is on the left already is not drawn twice.
    all.right = all.right.filter((own) => !all.left.some((other) => other.name === own.name));
    const more = { left: all.left.length - MOST, right: all.right.length - MOST };
    const left = all.left.slice(0, MOST);
    const right = all.right.slice(0, MOST);
    const widest = (boxes) => Math.max(0, ...boxes.map((own) => own.width));
    const tall = (boxes) => boxes.reduce((sum, own) => sum + own.height + 16, 0);
    const height = Math.max(middle.height, tall(left), tall(right)) + 60;
    let x = 20;
    const stack = (boxes, width, end) => {
      let y = (height - tall(boxes)) / 2 + 8;
      for (const own of boxes) {
        own.x = end ? x + width - own.width : x;
        own.y = y;
        y += own.height + 16;
      }
    };
    stack(left, widest(left), true);
    x += left.length > 0 ? widest(left) + 110 : 0;
    middle.x = x;
    middle.y = (height - middle.height) / 2;
    x += middle.width + 110;
    stack(right, widest(right), false);
    const width = (right.length > 0 ? x + widest(right) : x - 110) + 20;

    const boxes = new Map([middle, ...left, ...right].map((own) => [own.name, own]));
    const result = svg("svg", { class: "erd", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${name} and its neighbours` });
    result.append(whole.querySelector("style").cloneNode(true), whole.querySelector("defs").cloneNode(true));
    for (const own of relations) {
      const from = boxes.get(own.from);
      const to = boxes.get(own.to);
      if (!from || !to) continue;
      const [y1, y2] = [level(from, own.columns), level(to, own.to_columns ?? [])];
      const rightwards = from.x + from.width / 2 < to.x + to.width / 2;
      const d =
        from === to
          ? `M${from.x + from.width} ${y1} c46 0 46 ${y2 - y1 - 4} 0 ${y2 - y1 - 4}`
          : (() => {
              const [x1, x2] = rightwards ? [from.x + from.width, to.x] : [from.x, to.x + to.width];
              const half = (x1 + x2) / 2;
              return `M${x1} ${y1} C${half} ${y1} ${half} ${y2} ${x2} ${y2}`;
            })();
      const path = svg("path", { class: own.enforced === false ? "relation unenforced" : "relation", "data-from": own.from, "data-to": own.to, d });
      path.append(svg("title", {}, `${own.from}(${own.columns.join(", ")}) refers to ${own.to}`));
      result.append(path);
    }
    for (const own of boxes.values()) {
      const original = whole.querySelector(`.table[data-table="${CSS.escape(own.name)}"]`);
      result.append(drawn(own, [...(original?.classList ?? [])].filter((name) => name !== "table").join(" ")));
    }
    const rest = [
      [more.left, "refer to it, too"],
      [more.right, "are referred to, too"],
    ];
    const notes = rest.filter(([count]) => count > 0).map(([count, what]) => `${count} more ${what}`);
    if (notes.length > 0) result.append(svg("text", { class: "more", x: 20, y: 20 }, notes.join(", ")));
    return result;
  };

  const original = whole.getAttribute("viewBox");
  const around = (name) => {
    focus.value = name;
    showRow.hidden = name === "";
    if (name === "") {
      whole.setAttribute("viewBox", original);
      use(whole);
    } else {
      use(neighbourhood(name));
    }
  };
  focus.addEventListener("change", () => around(focus.value));
  showRow.addEventListener("click", () => show(focus.value));
  canvas.addEventListener("click", (event) => {
    const table = event.target.closest(".table");
    // A drag ends with a click, too.
    if (!table || travelled > 6) return;
    if (table.dataset.table === focus.value) show(table.dataset.table);
    else around(table.dataset.table);
  });

  // Only now: without scripts the picture is as large as it is.
  around(focus.value);
  addEventListener("resize", () => {
    least = 320;
    grow();
    fit();
  });

  // ---- what a table has to do with others ----

  const near = (name) => {
    for (const path of canvas.querySelectorAll(".relation")) {
      path.classList.toggle("near", name !== undefined && (path.dataset.from === name || path.dataset.to === name));
    }
  };
  canvas.addEventListener("pointerover", (event) => near(event.target.closest(".table")?.dataset.table));
  canvas.addEventListener("pointerleave", () => near(undefined));
  addEventListener("beforeprint", () => {
    picture.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  });
  addEventListener("afterprint", draw);
})();
