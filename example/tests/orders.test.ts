import { expect, test } from "vitest";
import { add, find } from "../lib/orders";

test("an order can be found again", () => {
  const order = add("eraser", 2);
  expect(find(order.id)).toEqual(order);
});

test("an order of nothing is refused", () => {
  expect(() => add("eraser", 0)).toThrow(RangeError);
});
