// What the page does: light or dark, searching and opening tables. What a row opens to is made of the data at the end of
// the page, when it is opened: a thousand tables would else make a page of a hundred thousand cells.
"use strict";

const page = (() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const byId = (id) => document.getElementById(id);

  let parsed = null;
  const audit = () => (parsed ??= JSON.parse(byId("data").textContent));

  /** An element with its attributes and children; a child that is a string becomes text, never markup. */
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };

  // ---- light or dark ----

  const remembered = (() => {
    try {
      return localStorage.getItem("ormsync-theme");
    } catch {
      // A page from a disk may have no storage.
      return null;
    }
  })();
  if (remembered === "light" || remembered === "dark") root.dataset.theme = remembered;
  byId("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try {
      localStorage.setItem("ormsync-theme", root.dataset.theme);
    } catch {
      // Then it is not remembered.
    }
  });

  // ---- what a row opens to ----

  const labels = () => audit().sources.map((source) => source.label);
  const labelOf = (name) => audit().sources.find((source) => source.name === name)?.label ?? name;

  const sideBySide = (rows, first, table) => {
    const head = make("tr", {}, make("th", { scope: "col" }, first), ...labels().map((label) => make("th", { scope: "col" }, label)));
    const body = rows.map((row) => {
      const cells = row.cells.map((cell, at) => {
        const content = cell.text === "" ? make("span", { class: "soft" }, cell.differs ? "missing" : "—") : make("code", {}, cell.text);
        // Where a thing is in the catalogue its name says.
        const place = cell.place && !audit().sources[at]?.live ? make("span", { class: "place" }, cell.place) : null;
        const told = cell.differs ? make("span", { class: "unseen" }, "differs: ") : null;
        return make("td", { class: cell.differs ? "differs" : undefined }, told, content, place);
      });
      return make("tr", {}, make("th", { scope: "row" }, row.name), ...cells);
    });
    return make(
      "div",
      { class: "scroll", role: "group", tabindex: "0", "aria-label": `${table.name}: each ${first}, side by side` },
      make("table", {}, make("thead", {}, head), make("tbody", {}, ...body)),
    );
  };

  const difference = (statement) => {
    const lines = statement.text.replace(/\n$/, "").split("\n");
    const shown = lines.map((line) => {
      const kind = line.startsWith("-") ? "out" : line.startsWith("+") ? "in" : undefined;
      return make("span", { class: kind }, line === "" ? " " : line);
    });
    return make("pre", { class: "diff", tabindex: "0", role: "group", "aria-label": `Statements, ${labelOf(statement.from)} and ${labelOf(statement.to)}` }, ...shown);
  };

  /** A verdict with the sources' labels for their names. */
  const verdictOf = ({ verdict }) => {
    const unmapped = /^unmapped in (.+)$/.exec(verdict);
    if (unmapped) return `unmapped in ${unmapped[1].split(", ").map(labelOf).join(", ")}`;
    return verdict.replace(/^\S+(?= (?:drifted|behind)$)/, labelOf);
  };

  const finding = (own) => {
    const item = make(
      "li",
      {},
      make("span", { class: `severity ${own.severity}` }, own.severity),
      " ",
      make("code", {}, own.rule),
      ` ${own.headline} `,
      make("span", { class: "soft" }, `(${verdictOf(own)})`),
    );
    for (const note of own.notes ?? []) item.append(make("p", { class: "soft" }, note));
    if (own.fix) item.append(make("pre", { tabindex: "0", role: "group", "aria-label": "Fix" }, own.fix));
    return item;
  };

  const detail = (table, width) => {
    const cell = make("td", { role: "cell", colspan: String(width) });
    const places = table.states.filter((state) => state.place);
    if (places.length > 0) {
      const shown = places.map((state) => {
        const model = state.model && state.model !== table.name ? ` as ${state.model}` : "";
        return make("li", {}, `${labelOf(state.source)}${model}: `, make("code", { class: "place" }, state.place));
      });
      cell.append(make("ul", { class: "plain" }, ...shown));
    }
    if (table.histories?.length) {
      const history = (name) => audit().histories.find((own) => own.source === name)?.label ?? name;
      const shown = table.histories.map((own) => {
        const lacks = own.lacks?.length ? ` (differs: ${own.lacks.join(", ")})` : "";
        const item = make("li", {}, `${history(own.source)}: ${own.state.replace("-", " ")}${lacks}`);
        (own.migrations ?? []).forEach((name, at) => item.append(at === 0 ? "; made and changed by " : ", ", make("code", { class: "place" }, name)));
        return item;
      });
      cell.append(make("h3", {}, "In the histories"), make("ul", { class: "plain" }, ...shown));
    }
    if (table.findings?.length) {
      const findings = table.findings.map((at) => finding(audit().findings[at]));
      cell.append(make("h3", {}, "Findings"), make("ul", { class: "findings" }, ...findings));
    }
    cell.append(make("h3", {}, "Columns"), sideBySide(table.columns, "column", table));
    for (const kind of ["primary key", "index", "foreign key", "check", "trigger"]) {
      const rows = table.parts.filter((part) => part.kind === kind);
      const plural = { "primary key": "Primary key", index: "Indexes", "foreign key": "Foreign keys", check: "Checks", trigger: "Triggers" }[kind];
      if (rows.length > 0) cell.append(make("h3", {}, plural), sideBySide(rows, kind, table));
    }
    for (const statement of table.statements ?? []) {
      cell.append(make("h3", {}, `Statements: − ${labelOf(statement.from)}, + ${labelOf(statement.to)}`), difference(statement));
    }
    return make("tr", { class: "detail", role: "row", id: `detail-${audit().tables.indexOf(table)}` }, cell);
  };

  const rows = [...document.querySelectorAll("#tables .row")];
  const buttonOf = (row) => row.querySelector("button");
  const isOpen = (row) => buttonOf(row).getAttribute("aria-expanded") === "true";

  const open = (row, wanted) => {
    if (isOpen(row) === wanted) return;
    const button = buttonOf(row);
    button.setAttribute("aria-expanded", String(wanted));
    if (wanted) {
      const opened = detail(audit().tables[Number(row.dataset.table)], row.cells.length);
      row.after(opened);
      button.setAttribute("aria-controls", opened.id);
    } else {
      button.removeAttribute("aria-controls");
      row.nextElementSibling.remove();
    }
  };

  const table = byId("tables");
  table.addEventListener("click", (event) => {
    const button = event.target.closest(".row th button");
    if (button) open(button.closest("tr"), !isOpen(button.closest("tr")));
  });
  table.addEventListener("keydown", (event) => {
    const row = event.target.closest(".row");
    if (!row || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
    const shown = rows.filter((other) => !other.hidden);
    const at = shown.indexOf(row);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (shown[next]) {
      event.preventDefault();
      buttonOf(shown[next]).focus();
    }
  });

  // ---- many rows ----

  // A table is laid out as a whole whenever rows come back, a fifth of a second for a thousand of them. Where there are
  // many, the browser lays it out once; after that each row is a grid of the widths it found, and only those in sight
  // are laid out. What makes it a table for those who hear it is said in words then.
  const roles = { THEAD: "rowgroup", TBODY: "rowgroup", TR: "row" };
  const asGrids = () => {
    table.classList.remove("grids");
    table.classList.add("measured");
    const widths = [...table.tHead.rows[0].cells].map((cell) => cell.getBoundingClientRect().width);
    const height = rows[rows.length - 1].getBoundingClientRect().height;
    table.classList.remove("measured");
    table.style.setProperty("--columns", widths.map((width) => `${width}px`).join(" "));
    table.style.setProperty("--width", `${widths.reduce((sum, width) => sum + width, 0)}px`);
    table.style.setProperty("--height", `${height}px`);
    table.classList.add("grids");
  };
  if (rows.length > 200) {
    table.setAttribute("role", "table");
    for (const part of [table.tHead, ...table.tBodies, ...table.rows]) part.setAttribute("role", roles[part.tagName]);
    for (const cell of table.tHead.rows[0].cells) cell.setAttribute("role", "columnheader");
    for (const row of rows) for (const cell of row.cells) cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
    asGrids();
    let width = innerWidth;
    let waiting;
    addEventListener("resize", () => {
      if (width === innerWidth) return;
      width = innerWidth;
      clearTimeout(waiting);
      waiting = setTimeout(asGrids, 150);
    });
  }

  // ---- searching ----

  const search = byId("search");
  const state = byId("state");
  const owner = byId("owner");
  let texts = null;
  const searched = () =>
    (texts ??= audit().tables.map((own) => {
      const models = own.states.map((its) => its.model ?? "").join(" ");
      return `${own.name} ${models} ${own.columns.map((column) => column.name).join(" ")}`.toLowerCase();
    }));

  // It is made when there is nothing else to do, so that the first letter of a search need not wait for it.
  (globalThis.requestIdleCallback ?? setTimeout)(searched);

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const all = words.length > 0 ? searched() : null;
    let shown = 0;
    for (const row of rows) {
      const its = row.dataset.state;
      const fits =
        (state.value === "" || state.value === its || (state.value === "!in-step" && its !== "in-step")) &&
        (owner.value === "" || owner.value === row.dataset.owner) &&
        (all === null || words.every((word) => all[Number(row.dataset.table)].includes(word)));
      if (row.hidden === fits) row.hidden = !fits;
      if (isOpen(row)) row.nextElementSibling.hidden = !fits;
      if (fits) shown += 1;
    }
    byId("count").textContent = shown === rows.length ? `${shown} tables` : `${shown} of ${rows.length} tables`;
    byId("none").hidden = shown > 0 || rows.length === 0;
  };
  search.addEventListener("input", filter);
  state.addEventListener("change", filter);
  owner.addEventListener("change", filter);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  // A browser that goes back to the page fills in what was there.
  if (search.value || state.value || owner.value) filter();

  byId("open-all").addEventListener("click", () => {
    const shown = rows.filter((row) => !row.hidden);
    shown.slice(0, 100).forEach((row) => open(row, true));
    if (shown.length > 100) byId("count").textContent = `the first 100 of ${shown.length} are open`;
  });
  byId("close-all").addEventListener("click", () => rows.forEach((row) => open(row, false)));

  document.addEventListener("keydown", (event) => {
    const writes = event.target.closest?.("input, select, textarea");
    if (event.key === "/" && !writes && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && event.target === search && search.value !== "") {
      search.value = "";
      filter();
    }
  });

  /** Brings a table of the list into view, opened. */
  const show = (name) => {
    const row = rows.find((other) => audit().tables[Number(other.dataset.table)].name === name);
    if (!row) return;
    if (row.hidden) {
      search.value = state.value = owner.value = "";
      filter();
    }
    open(row, true);
    buttonOf(row).focus();
    row.scrollIntoView({ block: "start" });
  };

  // ---- print ----

  let theme;
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((own) => (own.open = true));
    theme = root.dataset.theme;
    root.dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    closed.forEach((own) => (own.open = false));
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  });

  return { audit, byId, show };
})();
