/** A server of one atlas, as a reader starts it. */

import { spawn, type ChildProcess } from "node:child_process";

export interface Served {
  address: string;
  stop: () => void;
}

/** `clioscope explore` of a folder, once it answers. */
export async function serve(folder: string, ...options: string[]): Promise<Served> {
  const code = "from clioscope.cli import main; main()";
  const server: ChildProcess = spawn(process.env.PYTHON ?? "python3", ["-c", code, "explore", folder, "--no-open", ...options]);
  const address = await new Promise<string>((found, failed) => {
    server.stdout!.on("data", (data: Buffer) => {
      const line = /http:\S+/.exec(String(data));
      if (line) found(line[0]);
    });
    server.on("exit", () => failed(new Error("the server stopped")));
  });
  return { address, stop: () => server.kill("SIGINT") };
}
