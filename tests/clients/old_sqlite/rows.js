// node rows.js PACKAGE FILE: prints as JSON what an old SQLite answers, {"version": …, "answers": [[row, …] or "error", …]}.
// The statements come as a JSON list on the standard input.
const fs = require('fs');

const [name, file] = process.argv.slice(2);
delete globalThis.fetch; // older than it: they would ask it for their own files
const module_ = require(name);
const wasmBinary = fs.readFileSync(require.resolve(name).replace(/\.js$/, '.wasm'));

module_({ wasmBinary }).then((SQL) => {
  const database = new SQL.Database(fs.readFileSync(file));
  const ask = (statement) => {
    try {
      const [found] = database.exec(statement);
      return found ? found.values : [];
    } catch (error) {
      return error.message;
    }
  };
  const answers = JSON.parse(fs.readFileSync(0, 'utf8')).map(ask);
  process.stdout.write(JSON.stringify({ version: ask('select sqlite_version()')[0][0], answers }));
});
