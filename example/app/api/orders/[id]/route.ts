import { find } from "@/lib/orders";

export async function GET(_: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const order = find((await params).id);
  return order ? Response.json(order) : Response.json({ error: "not found" }, { status: 404 });
}
