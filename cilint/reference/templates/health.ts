// Says that the server answers and which version it is. Touches no database: a slow one must not restart the server.
export const dynamic = "force-dynamic";

export function GET()«returns» {
  return Response.json({ status: "ok", version: process.env.APP_VERSION ?? "unknown" });
}
