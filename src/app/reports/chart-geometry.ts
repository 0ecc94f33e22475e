/** Where the bars and points of a chart stand, in the units of its drawing; pure numbers, so that a page is the same each time. */
import type { BarChart, LineChart, Tone } from "./page.ts";

export const BAR = { width: 720, row: 26, height: 14, labels: 190, values: 150 } as const;

export interface DrawnBar {
  readonly label: string;
  readonly shown: string;
  readonly tone: Tone;
  readonly y: number;
  readonly x: number;
  readonly width: number;
  readonly negative: boolean;
}

/** Lengths in proportion to the largest magnitude; what is not zero is at least a hair wide. */
export function drawBars({ bars }: BarChart): { readonly height: number; readonly bars: readonly DrawnBar[] } {
  const magnitude = (value: bigint) => (value < 0n ? -value : value);
  const largest = bars.reduce((most, { value }) => (magnitude(value) > most ? magnitude(value) : most), 0n);
  const room = BAR.width - BAR.labels - BAR.values;
  return {
    height: bars.length * BAR.row + 4,
    bars: bars.map(({ label, value, shown, tone = "plain" }, index) => {
      const tenths = largest === 0n ? 0n : (magnitude(value) * BigInt(room * 10)) / largest;
      const width = value === 0n ? 0 : Math.max(2, Number(tenths) / 10);
      return { label, shown, tone, y: index * BAR.row + 4, x: BAR.labels, width, negative: value < 0n };
    }),
  };
}

export const LINE = { width: 720, height: 150, left: 44, right: 14, top: 12, bottom: 28 } as const;

export interface DrawnLine {
  /** Points of each unbroken stretch, as SVG wants them. */
  readonly stretches: readonly string[];
  readonly dots: readonly { readonly x: number; readonly y: number; readonly label: string; readonly shown: string }[];
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
  readonly grid: readonly { readonly y: number; readonly label: string }[];
}

export function drawLine({ points }: LineChart): DrawnLine {
  const across = LINE.width - LINE.left - LINE.right;
  const down = LINE.height - LINE.top - LINE.bottom;
  const xOf = (index: number) =>
    tenth(LINE.left + (points.length < 2 ? across / 2 : (index * across) / (points.length - 1)));
  const yOf = (basisPoints: number) => tenth(LINE.top + down - (basisPoints * down) / 10_000);
  const stretches: string[][] = [[]];
  const dots: { x: number; y: number; label: string; shown: string }[] = [];
  for (const [index, { label, basisPoints }] of points.entries()) {
    if (basisPoints === undefined) {
      stretches.push([]);
      continue;
    }
    const [x, y] = [xOf(index), yOf(basisPoints)];
    stretches.at(-1)?.push(`${x},${y}`);
    dots.push({ x, y, label, shown: percent(basisPoints) });
  }
  const every = Math.max(1, Math.ceil(points.length / 8));
  return {
    stretches: stretches.filter(({ length }) => length > 1).map((stretch) => stretch.join(" ")),
    dots,
    ticks: points.flatMap(({ label }, index) => (index % every === 0 ? [{ x: xOf(index), label }] : [])),
    grid: [0, 5_000, 10_000].map((basisPoints) => ({ y: yOf(basisPoints), label: percent(basisPoints) })),
  };
}

/** `9950` -> `99.5 %`. */
export function percent(basisPoints: number): string {
  const whole = Math.floor(basisPoints / 100);
  const rest = basisPoints % 100;
  return rest === 0 ? `${whole} %` : `${whole}.${String(rest).padStart(2, "0").replace(/0$/, "")} %`;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
