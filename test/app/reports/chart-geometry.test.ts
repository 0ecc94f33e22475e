import { expect, it } from "vitest";
import { drawBars, drawLine, percent } from "../../../src/app/reports/chart-geometry.ts";

const bar = (value: bigint) => ({ label: "x", value, shown: `${value}` });

it("draws bars in proportion to the largest magnitude, exactly beyond what a double can hold", () => {
  const { bars } = drawBars({ kind: "bars", title: "t", bars: [bar(2n ** 62n), bar(-(2n ** 61n)), bar(0n), bar(1n)] });
  expect(bars.map(({ width, negative }) => [width, negative])).toEqual([
    [380, false],
    [190, true],
    [0, false],
    [2, false],
  ]);
});

it("draws nothing but tracks when there is no money", () => {
  expect(drawBars({ kind: "bars", title: "t", bars: [bar(0n)] }).bars[0]?.width).toBe(0);
});

it("breaks the line where nothing was measured", () => {
  const points = [10_000, 5_000, undefined, 0, 10_000].map((basisPoints, n) => ({
    label: `${n}`,
    ...(basisPoints === undefined ? {} : { basisPoints }),
  }));
  const drawn = drawLine({ kind: "line", title: "t", points });
  expect(drawn.stretches).toEqual(["44,12 209.5,67", "540.5,122 706,12"]);
  expect(drawn.dots).toHaveLength(4);
});

it.each([
  [10_000, "100 %"],
  [9_950, "99.5 %"],
  [6_666, "66.66 %"],
  [5, "0.05 %"],
  [0, "0 %"],
])("says %d basis points as %s", (basisPoints, text) => {
  expect(percent(basisPoints)).toBe(text);
});
