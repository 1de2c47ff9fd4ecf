import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { type AxeResults, source as axe } from "axe-core";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

import { renderHtml } from "../../planner/report/html";
import { planned } from "../policy/harness";
import { launched } from "./chromium";

const STACKS = ["homelab", "prod"] as const;
type Stack = (typeof STACKS)[number];

const DESK: BrowserContextOptions = { viewport: { width: 1440, height: 900 } };
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const SCHEMES = ["light", "dark"] as const;

/** Bytes: what a pull request or a mail still takes. */
const MOST_BYTES = 2 * 1024 * 1024;
/** Milliseconds of the page's process until a system can be chosen: of its processor, because others use the machine too. */
const MOST_MILLISECONDS = 1000;

/** The page of a plan in a real browser. Not proven: other browsers, and what a screen reader says. */
describe("the page of a plan, in Chromium,", () => {
  const folder = mkdtempSync(join(tmpdir(), "lakehouse-page-"));
  const fileOf = (stack: Stack) => join(folder, `${stack}.html`);
  let browser: Browser;

  before(async function () {
    const found = await launched();
    if (found === undefined) {
      console.log("    no Chromium: neither CHROMIUM nor the PATH has one");
      this.skip();
    }
    browser = found;
    for (const stack of STACKS) writeFileSync(fileOf(stack), await renderHtml((await planned(stack)).plan));
  });

  after(async () => {
    // It is absent where the cases are skipped.
    await (browser as Browser | undefined)?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens the page offline, and fails if it asks for anything or complains. */
  async function opened(
    stack: Stack,
    options: BrowserContextOptions,
    use: (page: Page) => Promise<void>,
  ): Promise<void> {
    const context = await browser.newContext({ ...options, offline: true });
    try {
      const page = await context.newPage();
      const [requests, complaints]: [string[], string[]] = [[], []];
      page.on("request", (request) => requests.push(request.url()));
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      const url = pathToFileURL(fileOf(stack)).href;
      await page.goto(url);
      await use(page);
      deepEqual(
        requests.filter((one) => !one.startsWith(url)),
        [],
      );
      deepEqual(complaints, []);
    } finally {
      await context.close();
    }
  }

  for (const stack of STACKS) {
    it(`is small, asks for nothing and answers at once: ${stack}`, async () => {
      ok(statSync(fileOf(stack)).size < MOST_BYTES, String(statSync(fileOf(stack)).size));
      await opened(stack, DESK, async (page) => {
        await system(page, "trino").click();
        await list(page, "trino").waitFor({ state: "visible" });
        const session = await page.context().newCDPSession(page);
        await session.send("Performance.enable");
        const { metrics } = await session.send("Performance.getMetrics");
        const milliseconds = 1000 * metrics.find((metric) => metric.name === "ProcessTime")!.value;
        ok(milliseconds > 0 && milliseconds < MOST_MILLISECONDS, String(milliseconds));
        const elapsed = await page.evaluate<number>("performance.getEntriesByType('navigation')[0].domComplete");
        console.log(
          `      loaded in ${String(Math.round(elapsed))} ms, ${String(Math.round(milliseconds))} ms of processor`,
        );
      });
    });

    for (const [name, options] of Object.entries({ desk: DESK, phone: PHONE }))
      for (const colorScheme of SCHEMES)
        it(`meets WCAG and is not wider than the screen: ${stack}, ${name}, ${colorScheme}`, async () => {
          // The page's own policy would refuse the script of axe.
          await opened(stack, { ...options, colorScheme, bypassCSP: true }, async (page) => {
            await page.addScriptTag({ content: axe });
            await system(page, "trino").click();
            const { violations } = await page.evaluate<AxeResults>("axe.run()");
            deepEqual(
              violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)),
              [],
            );
            await page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))");
            equal(await page.evaluate<number>("document.documentElement.scrollWidth"), options.viewport?.width);
          });
        });
  }

  it("shows flows, ports and policies of a system while the pointer is over it", async () => {
    await opened("prod", DESK, async (page) => {
      equal(await page.locator(".panel article:visible").count(), 0);
      await system(page, "hasura").hover();
      equal(await page.locator(".panel article:visible").count(), 1);
      const text = await list(page, "hasura").innerText();
      match(text, /hasura-\w+ → postgres TCP 5432/);
      match(text, /lakehouse-query\/hasura-\w+-to-postgres/);
      equal(await drawn(page, ".edge.to"), 1);
      await page.mouse.move(1, 1);
      equal(await page.locator(".panel article:visible").count(), 0);
    });
  });

  it("shows the flows of a pair while the pointer is over its edge", async () => {
    await opened("prod", DESK, async (page) => {
      await page.locator("#topology").scrollIntoViewIfNeeded();
      // Hit where the edge is seen: in the middle of its path.
      const at = await page.evaluate<{ x: number; y: number }>(`(() => {
        const path = document.querySelector(".wide .edge[data-client=query-api][data-server=valkey] .line");
        path.scrollIntoView({ block: "center" });
        const { x, y } = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());
        return { x, y };
      })()`);
      await page.mouse.move(at.x, at.y);
      match(await list(page, "query-api").innerText(), /valkey TCP 6379/);
      equal(await drawn(page, ".edge.to"), 1);
      equal(
        await page.locator(".wide .edge[data-server=valkey][data-client=query-api] title").textContent(),
        "query-api → valkey: TCP 6379",
      );
    });
  });

  it("works by keyboard: Tab chooses, Enter leads into the list, Escape ends", async () => {
    await opened("prod", DESK, async (page) => {
      await page.locator("nav a[href='#topology']").focus();
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      const focused = () => page.evaluate<string>("document.activeElement.dataset.system ?? document.activeElement.id");
      for (let tabs = 0; tabs < 40 && (await focused()) !== "trino"; tabs++) await page.keyboard.press("Tab");
      equal(await focused(), "trino");
      ok(await list(page, "trino").isVisible());
      equal(await system(page, "trino").getAttribute("aria-current"), "true");
      await page.keyboard.press("Enter");
      equal(await focused(), "links-of-trino");
      await page.keyboard.press("Tab");
      equal(await focused(), "clickhouse");
      await page.keyboard.press("Enter");
      equal(await focused(), "links-of-clickhouse");
      ok(await list(page, "clickhouse").isVisible());
      ok(!(await list(page, "trino").isVisible()));
      await page.keyboard.press("Escape");
      equal(await page.locator(".panel article:visible").count(), 0);
    });
  });

  it("opens a sheet within the screen on a tap, and closes it", async () => {
    await opened("prod", PHONE, async (page) => {
      await system(page, "trino").tap();
      const sheet = (await page.locator(".panel").boundingBox())!;
      const { width, height } = PHONE.viewport!;
      deepEqual([sheet.x, sheet.width, Math.round(sheet.y + sheet.height)], [0, width, height]);
      ok(sheet.y > height / 3, String(sheet.y));
      match(await list(page, "trino").innerText(), /trino → kafka-plain TCP 9092/);
      match(await list(page, "trino").innerText(), /trino read bronze\/\s+trino read silver\/\s+trino write gold\//);
      ok((await drawn(page, ".edge.to")) > 5);
      await page.getByRole("button", { name: "Close" }).tap();
      equal(await page.locator(".panel article:visible").count(), 0);
    });
  });

  it("has light and dark colours", async () => {
    const colours: string[] = [];
    for (const colorScheme of SCHEMES)
      await opened("homelab", { ...DESK, colorScheme }, async (page) => {
        colours.push(await page.evaluate<string>("getComputedStyle(document.body).backgroundColor"));
        colours.push(
          await page.evaluate<string>("getComputedStyle(document.querySelector('.wide .system rect')).fill"),
        );
      });
    equal(new Set(colours).size, 4);
    notEqual(colours[0], colours[2]);
  });

  it("tells a screen reader what each system uses and who uses it, and has the links as a table", async () => {
    await opened("homelab", DESK, async (page) => {
      const tree = await page.locator("svg:visible").ariaSnapshot();
      match(tree, /group "Systems by layer, and links between them"/);
      match(
        tree,
        /link "hive-metastore iceberg-rest · thrift; layer catalog; connects to ceph, libraries, postgres; is reached by spark, prometheus, trino"/,
      );
      await page.locator("#links summary").click();
      const row = page.getByRole("table").getByRole("row").filter({ hasText: "lakehouse-query/trino-to-postgres" });
      match(await row.innerText(), /trino\s+trino\s+postgres\s+postgres\s+TCP 5432/);
    });
  });

  it("can be read without its script", async () => {
    await opened("prod", { ...DESK, javaScriptEnabled: false }, async (page) => {
      ok(await list(page, "minio").isVisible());
      await system(page, "minio").click();
      match(page.url(), /#links-of-minio$/);
    });
  });
});

/** The visible one of both drawings. */
const system = (page: Page, name: string): Locator => page.locator(`svg .system[data-system=${name}]:visible`);
const list = (page: Page, name: string): Locator => page.locator(`#links-of-${name}`);

/** How many of these edges are drawn. Playwright holds a straight one, which is 0 pixels wide, for invisible. */
const drawn = (page: Page, selector: string): Promise<number> =>
  page.evaluate<number>(
    `[...document.querySelectorAll("svg ${selector} .line")].filter((line) => line.getClientRects().length > 0).length`,
  );
