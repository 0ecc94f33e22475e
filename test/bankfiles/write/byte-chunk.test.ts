import fc from "fast-check";
import { expect, it } from "vitest";
import { ByteChunk } from "../../../src/bankfiles/write/byte-chunk.ts";

it("holds what was put in, as UTF-8, whatever the texts and their number", () => {
  const long = fc.integer({ min: 0, max: 40_000 }).map((length) => "aé€😀".repeat(length));
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ unit: "grapheme" }), long), { maxLength: 8 }), (texts) => {
      const chunk = new ByteChunk();
      for (const text of texts) chunk.add(text);
      expect(chunk.length).toBe(Buffer.byteLength(texts.join("")));
      const first = chunk.take();
      chunk.add("next");
      expect(first.toString()).toBe(texts.join(""));
      expect(chunk.take().toString()).toBe("next");
      expect(chunk.length).toBe(0);
    }),
    { numRuns: 30 },
  );
});
