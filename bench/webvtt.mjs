// What the W3C's parser finds in WebVTT files: one line a file, its cues and its errors.
// The parser comes from npm: npm install --prefix FOLDER webvtt-parser
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, ...files] = process.argv.slice(2);
const { WebVTTParser } = createRequire(resolve(folder) + "/")("webvtt-parser");
for (const file of files) {
  const { cues, errors } = new WebVTTParser().parse(readFileSync(file, "utf8"), "subtitles");
  console.log(JSON.stringify([file, cues.length, errors.map((error) => error.message)]));
}
