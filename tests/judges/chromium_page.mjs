// Opens an audit's page in Chromium, uses it as readers do, and prints what came of it as JSON.
//
//   node chromium_page.mjs FOLDER_OF_PACKAGES CHROMIUM NAME PAGE [FOLDER_FOR_PICTURES]
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, executablePath, name, page, pictures] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const result = { errors: [], violations: [], wrong: [], counts: {}, load: 0, filter: 0 };
const expect = (holds, what) => holds || result.wrong.push(what);

const judged = async (tab, where) => {
  await tab.evaluate(axe);
  const { violations } = await tab.evaluate(() => window.axe.run());
  for (const violation of violations) {
    const places = violation.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} (${node.failureSummary.replace(/\s+/g, " ")})`);
    result.violations.push(`${where}: ${violation.id}: ${places.join("; ")}`);
  }
};

const opened = async (browser, width, theme) => {
  const context = await browser.newContext({ viewport: { width, height: width < 600 ? 844 : 800 }, colorScheme: theme });
  const tab = await context.newPage();
  tab.on("console", (message) => ["error", "warning"].includes(message.type()) && result.errors.push(message.text()));
  tab.on("pageerror", (error) => result.errors.push(String(error)));
  tab.on("request", (request) => request.url().startsWith("file:") || result.errors.push(`asks for ${request.url()}`));
  const start = performance.now();
  await tab.goto(pathToFileURL(page).href, { waitUntil: "load" });
  result.load = Math.max(result.load, performance.now() - start);
  return { context, tab };
};

/** The rows of the list that are seen. */
const shown = (tab) => tab.locator("#tables .row:visible").count();

const used = async (tab) => {
  const all = await shown(tab);
  result.counts = await tab.evaluate(() => {
    const rows = [...document.querySelectorAll("#counts tbody tr")];
    return Object.fromEntries(rows.map((row) => [row.cells[0].textContent, [...row.cells].slice(1).map((cell) => Number(cell.textContent))]));
  });
  if (all === 0) {
    expect(false, "the list has no tables");
    return;
  }
  const isLaidOutByRows = await tab.evaluate(() => document.getElementById("tables").classList.contains("grids"));
  expect(isLaidOutByRows === all > 200, "a list is laid out row by row where it is long, and there alone");
  const names = await tab.locator("#tables .row th button").allTextContents();

  // From the top, Tab leads to the contents first.
  await tab.keyboard.press("Tab");
  expect(await tab.evaluate(() => document.activeElement.classList.contains("skip")), "Tab begins with the way to the contents");

  // Search, by the keyboard alone.
  await tab.keyboard.press("/");
  expect(await tab.evaluate(() => document.activeElement.id === "search"), "the key / leads to the search");
  await tab.keyboard.type(names.at(-1).toLowerCase());
  const found = await shown(tab);
  expect(found >= 1 && (found < all || all === 1), `searching for ${names.at(-1)} shows ${found} of ${all}`);
  expect((await tab.locator("#count").textContent()).startsWith(String(found)), "the number of tables that are shown is told");
  await tab.keyboard.press("Escape");
  expect((await shown(tab)) === all, "Escape shows all again");
  await tab.fill("#search", "no such table anywhere");
  expect((await shown(tab)) === 0 && (await tab.locator("#none").isVisible()), "that no table is like that is told");
  await tab.fill("#search", "");

  // Filter, by each state and owner: together they are all.
  for (const id of ["#state", "#owner"]) {
    const values = await tab.locator(`${id} option`).evaluateAll((options) => options.map((option) => option.value));
    let sum = 0;
    for (const value of values.filter((value) => value !== "" && !value.startsWith("!"))) {
      await tab.selectOption(id, value);
      sum += await shown(tab);
    }
    expect(sum === all, `what ${id} chooses from is ${sum} tables, not ${all}`);
    await tab.selectOption(id, "");
  }

  // Open rows: the keyboard's way, then the pointer's.
  const buttons = tab.locator("#tables .row th button");
  await buttons.first().focus();
  await tab.keyboard.press("Enter");
  expect((await tab.locator("#tables .detail").count()) === 1, "Enter opens a row");
  expect((await tab.locator("#tables .detail td table").count()) > 0, "an opened row has columns side by side");
  if (all > 1) {
    await tab.keyboard.press("ArrowDown");
    expect(await buttons.nth(1).evaluate((own) => own === document.activeElement), "an arrow leads to the next row");
    await tab.keyboard.press(" ");
    expect((await tab.locator("#tables .detail").count()) === 2, "the space bar opens a row");
  }
  await tab.click("#close-all");
  expect((await tab.locator("#tables .detail").count()) === 0, "all rows are closed");
  await buttons.first().click();
  expect((await buttons.first().getAttribute("aria-expanded")) === "true", "a click opens a row");
  if (all <= 100) await tab.click("#open-all");
  await judged(tab, "with opened rows");
  await tab.click("#close-all");

  // The diagram.
  const canvas = tab.locator("#canvas");
  const box = () => tab.locator("#canvas svg").getAttribute("viewBox");
  await canvas.focus();
  const before = await box();
  await tab.keyboard.press("+");
  const nearer = await box();
  expect(nearer !== before, "+ zooms");
  await tab.keyboard.press("ArrowRight");
  expect((await box()) !== nearer, "an arrow moves");
  await tab.keyboard.press("0");
  expect((await box()) === before, "0 fits the diagram in again");
  await tab.click("#zoom-in");
  expect((await box()) !== before, "the button zooms");
  await tab.click("#zoom-fit");
  const place = await canvas.boundingBox();
  await tab.mouse.move(place.x + place.width / 2, place.y + 8);
  await tab.keyboard.down("Control");
  await tab.mouse.wheel(0, -200);
  await tab.keyboard.up("Control");
  expect((await box()) !== before, "the wheel zooms with Control");
  await tab.click("#zoom-fit");
  await tab.mouse.move(place.x + 5, place.y + 5);
  await tab.mouse.down();
  await tab.mouse.move(place.x + 90, place.y + 60, { steps: 4 });
  await tab.mouse.up();
  expect((await box()) !== before, "dragging moves");
  const relation = await tab.evaluate(() => page.audit().relations.find((own) => own.from !== own.to));
  if (relation) {
    await tab.selectOption("#focus", relation.from);
    const near = await tab.locator("#canvas .table").evaluateAll((tables) => tables.map((table) => table.dataset.table));
    expect(near.includes(relation.from) && near.includes(relation.to), `the neighbours of ${relation.from}: ${near}`);
    if (pictures) await canvas.screenshot({ path: join(pictures, `${name}-neighbours.png`) });
    await tab.click("#show-row");
    expect(
      await tab.evaluate((wanted) => document.activeElement.textContent === wanted, relation.from),
      "the way from the diagram to the list",
    );
    await tab.click("#close-all");
    await tab.selectOption("#focus", "");
  }

  // Light and dark.
  const paper = () => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await tab.click("#theme");
  expect((await paper()) !== light, "the button changes the theme");
  await tab.click("#theme");

  // How long filtering takes until the browser has drawn what came of it.
  for (const word of ["a", "us", "id", "user_1", "zz", ""]) {
    const taken = await tab.evaluate(async (text) => {
      const search = document.getElementById("search");
      const start = performance.now();
      search.value = text;
      search.dispatchEvent(new Event("input"));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
      return performance.now() - start;
    }, word);
    result.filter = Math.max(result.filter, taken);
  }
};

const browser = await chromium.launch({ executablePath, headless: true, args: ["--disable-gpu"] });
try {
  for (const theme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const { context, tab } = await opened(browser, width, theme);
      await judged(tab, `${theme}, ${width}`);
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      const culprits = await tab.evaluate(() => {
        const inside = (own) => own.closest(".scroll, nav, pre, svg, .unseen, .skip");
        const all = [...document.querySelectorAll("main *, header *")].filter((own) => !inside(own));
        return all.filter((own) => own.getBoundingClientRect().right > innerWidth + 1).map((own) => own.outerHTML.slice(0, 60)).slice(0, 4);
      });
      expect(wide <= 0, `at ${width} the page is ${wide} wider than the window: ${culprits.join(", ")}`);
      if (pictures) {
        await tab.screenshot({ path: join(pictures, `${name}-${theme}-${width}.png`) });
        await tab.screenshot({ path: join(pictures, `${name}-${theme}-${width}-whole.png`), fullPage: true });
      }
      if (theme === "light" && width === 1280) await used(tab);
      await context.close();
    }
  }
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(result));
