// 받은 폴더의 Pyodide로 prepare.py를 실행한다: deno run prepare.js 받은_폴더 글꼴 만들_폴더
//
// 책을 만드는 컴퓨터의 파이썬으로 컴파일하면 파이썬의 판마다 바이트가 다르고, 판이 다르면 쓸 수도 없다.
import { basename, dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [raw, font, made] = Deno.args;
const here = dirname(fileURLToPath(import.meta.url));
const { loadPyodide } = await import(pathToFileURL(`${raw}/pyodide.mjs`));
const env = {
  PYTHONHASHSEED: "0", // 집합을 적는 차례가 실행할 때마다 같게 한다
  PYTHONNODEBUGRANGES: "1", // .pyc에 칸의 번호를 적지 않으면 사분의 일이 준다. 줄의 번호는 남는다
};
const pyodide = await loadPyodide({ indexURL: `${raw}/`, env });
pyodide.mountNodeFS("/raw", raw);
pyodide.mountNodeFS("/made", made);
pyodide.mountNodeFS("/fonts", dirname(font));
pyodide.mountNodeFS("/runtime", dirname(here));
pyodide.runPython(`
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, "/runtime/preparing")
`);
pyodide.pyimport("prepare").main(basename(font));
