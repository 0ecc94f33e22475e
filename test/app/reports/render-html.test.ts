import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BarChart, code, type LineChart, left, type Page, right, state } from "../../../src/app/reports/page.ts";
import { escapeHtml, renderHtml, shown } from "../../../src/app/reports/render-html.ts";
import { money } from "../../../src/domain/money.ts";
import { needPart } from "../../support/parts.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { HOSTILE_TEXTS } from "./hostile-texts.ts";

/** Every place of a page that takes a text, filled with it. */
function pageOf(text: string): Page {
  const bars: BarChart = { kind: "bars", title: text, bars: [{ label: text, value: 1n, shown: text }] };
  const line: LineChart = { kind: "line", title: text, points: [{ label: text, basisPoints: 1 }, { label: text }] };
  const columns = [left(text, text), left(text, text), left(text, text), right(text, text)];
  const row = [text, state(text, "bad"), code(text), money("EUR", -123_456n)];
  return {
    head: { marketplace: text, name: text, businessDate: text, madeAt: text, zone: text },
    title: text,
    verdict: { tone: "warn", says: text },
    figures: [{ label: text, value: text, note: text }],
    sections: [
      {
        title: text,
        says: text,
        charts: [bars, line],
        tables: [
          { columns, rows: [row], total: row, empty: text, leftOut: text },
          { columns, rows: [], empty: text },
        ],
      },
    ],
    signatures: [text],
  };
}

/** `--headless` is the driver's own. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Runs in the page, so it is text here. */
const LOOK = `({
  ran: "ran" in window,
  text: document.body.textContent,
  elements: Object.fromEntries(
    "script img iframe object embed link base form input a video audio details foreignObject"
      .split(" ")
      .map((name) => [name, document.querySelectorAll(name).length]),
  ),
})`;

describe("in a browser", () => {
  let browser: BrowserContext;
  const folder = tempDir();

  beforeAll(async () => {
    const executablePath = needPart("chromium");
    browser = await chromium.launchPersistentContext(tempDir(), { executablePath, headless: true, args: FLAGS });
  }, 600_000);

  afterAll(() => browser.close());

  interface Seen {
    readonly ran: boolean;
    readonly calls: readonly string[];
    readonly text: string;
    readonly elements: Readonly<Record<string, number>>;
  }

  /** Opens the page, moves over it, and says what it did. */
  async function look(html: string): Promise<Seen> {
    const path = join(folder, "page.html");
    writeFileSync(path, html);
    const tab = await browser.newPage();
    const calls: string[] = [];
    tab.on("request", (request) => calls.push(request.url()));
    tab.on("dialog", (dialog) => {
      calls.push("dialog");
      void dialog.dismiss();
    });
    await tab.goto(`file://${path}`, { waitUntil: "load" });
    await tab.mouse.move(200, 200);
    const seen = await tab.evaluate<Omit<Seen, "calls">>(LOOK);
    await tab.close();
    return { ...seen, calls: calls.filter((url) => url !== `file://${path}`) };
  }

  const withoutPolicy = (html: string) => html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");

  it("sees it when something runs, and the page's policy alone stops it", async () => {
    const broken = renderHtml(pageOf("x")).replace(
      "<h1>",
      "<script>window.ran=1</script><img src=x onerror='ran=1'><h1>",
    );
    expect((await look(withoutPolicy(broken))).ran).toBe(true);
    expect((await look(broken)).ran).toBe(false);
  });

  it.each([
    ["with its policy", (html: string) => html],
    ["even without its policy", withoutPolicy],
  ])(`no text of ${HOSTILE_TEXTS.length} hostile ones becomes anything but text, %s`, async (_how, prepare) => {
    expect(HOSTILE_TEXTS.length).toBeGreaterThanOrEqual(60);
    const all = pageOf(HOSTILE_TEXTS.join(" "));
    const each = HOSTILE_TEXTS.map(pageOf);
    const page = {
      ...all,
      figures: each.flatMap(({ figures }) => figures),
      sections: each.flatMap(({ sections }) => sections),
      signatures: HOSTILE_TEXTS,
    };
    const { ran, calls, text: read, elements } = await look(prepare(renderHtml(page)));
    expect([ran, calls]).toEqual([false, []]);
    expect(Object.entries(elements).filter(([, count]) => count > 0)).toEqual([]);
    for (const text of HOSTILE_TEXTS) {
      expect(read).toContain(text.replaceAll("\0", "\ufffd").replaceAll("\n", " "));
    }
  });

  it("applies its own style sheet under its policy, and prints on A4", async () => {
    const tab = await browser.newPage();
    const path = join(folder, "style.html");
    writeFileSync(path, renderHtml(pageOf("x")));
    await tab.goto(`file://${path}`);
    expect(await tab.evaluate<string>(`getComputedStyle(document.querySelector("td.right")).textAlign`)).toBe("right");
    const pdf = await tab.pdf({ preferCSSPageSize: true });
    // A4 is 210 x 297 mm: 595 x 842 points.
    expect(pdf.toString("latin1")).toMatch(/\/MediaBox \[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/);
    await tab.close();
  });
});

describe("what a person reads", () => {
  it.each([
    [money("EUR", 123_456_789n), "1\u202f234\u202f567.89"],
    [money("EUR", -1_234n), "\u221212.34"],
    [money("JPY", 1_000n), "1\u202f000"],
    [12_345, "12\u202f345"],
    [null, ""],
    ["0012", "0012"],
  ])("is grouped, with its sign and its decimals: $1", (cell, text) => {
    expect(shown(cell)).toBe(text);
  });

  it("shows control characters instead of obeying them", () => {
    expect(escapeHtml("a\u0000b\u0007c\u001b[31m\nd")).toBe("a\ufffdb\ufffdc\ufffd[31m d");
  });

  it("names no other place: no address, no script, no inline style", () => {
    const html = renderHtml(pageOf("x"));
    expect(html).not.toMatch(/https?:|<script|style="|\son\w+=/);
    expect(html).toContain("default-src &#39;none&#39;");
  });
});
