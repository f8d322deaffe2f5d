export type Order = { id: string; item: string; quantity: number };

const orders = new Map<string, Order>([["1", { id: "1", item: "pencil", quantity: 12 }]]);

export function all(): Order[] {
  return [...orders.values()];
}

export function find(id: string): Order | undefined {
  return orders.get(id);
}

export function add(item: string, quantity: number): Order {
  if (!item || !Number.isInteger(quantity) || quantity < 1) {
    throw new RangeError("an order needs an item and a quantity of at least one");
  }
  const order = { id: String(orders.size + 1), item, quantity };
  orders.set(order.id, order);
  return order;
}
