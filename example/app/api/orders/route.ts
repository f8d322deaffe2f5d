import { add, all } from "@/lib/orders";

export function GET(): Response {
  return Response.json(all());
}

export async function POST(request: Request): Promise<Response> {
  const { item, quantity } = await request.json();
  try {
    return Response.json(add(item, quantity), { status: 201 });
  } catch (error) {
    return Response.json({ error: String(error) }, { status: 400 });
  }
}
