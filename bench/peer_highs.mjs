// Solves one MPS file with npm highs (HiGHS in WebAssembly): node bench/peer_highs.mjs FILE SOLVER LIMIT_S GAP.
// Prints one JSON object; the time is of the solve alone, reading the model is outside it.
import { readFileSync } from 'node:fs';
import loadHighs from 'highs';

const [file, solver, limit_s, gap] = process.argv.slice(2);
const highs = await loadHighs();
const model = highs.createModel({ format: 'mps', data: readFileSync(file) });
model.options.set({ output_flag: false, time_limit: Number(limit_s), mip_rel_gap: Number(gap) });
if (solver !== 'choose') model.options.set('solver', solver);
const start = performance.now();
model.run();
const time_s = (performance.now() - start) / 1000;
const optimal = model.getModelStatus() === highs.constants.modelStatus.optimal;
console.log(JSON.stringify({ time_s, optimal, objective: model.getObjectiveValue() }));
model.dispose();
