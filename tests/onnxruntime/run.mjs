// Runs models in ONNX Runtime: node run.mjs FOLDER. The folder holds NAME.onnx with NAME.json, which lists for each batch the inputs
// { name, type, shape, file } with raw little-endian files beside it. Outputs are written as raw files, and listed in NAME.out.json.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ort from "onnxruntime-node";

const folder = process.argv[2];
const arrays = { float32: Float32Array, uint8: Uint8Array, int64: BigInt64Array, bool: Uint8Array };

for (const file of readdirSync(folder).filter((f) => f.endsWith(".onnx")).sort()) {
  const name = file.slice(0, -".onnx".length);
  const session = await ort.InferenceSession.create(join(folder, file), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const results = [];
  for (const [number, inputs] of JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")).entries()) {
    const feeds = {};
    for (const input of inputs) {
      const bytes = readFileSync(join(folder, input.file));
      const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      feeds[input.name] = new ort.Tensor(input.type, new arrays[input.type](buffer), input.shape);
    }

    const outputs = await session.run(feeds);
    const listed = [];
    for (const output of session.outputNames) {
      const tensor = outputs[output];
      const target = `${name}.${number}.${output}.out`;
      writeFileSync(join(folder, target), new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
      listed.push({ name: output, type: tensor.type, shape: tensor.dims, file: target });
    }

    results.push(listed);
  }

  writeFileSync(join(folder, `${name}.out.json`), JSON.stringify(results));
}

process.exit(0); // whatever threads the runtime still has
