// Drives yaml-language-server as an editor would, over its standard input and output: good files have no problems, wrong
// ones have theirs on the marked line, and it completes. By hand, since it is no part of what Shoal needs:
//     npm install --prefix /tmp/editor yaml-language-server
//     NODE_PATH=/tmp/editor/node_modules node tests/editor/language_server.js configs/experiment.schema.json \
//         tests/editor/wrong.txt $(find configs -name '*.yaml')
'use strict';
const {spawn} = require('child_process');
const fs = require('fs');
const path = require('path');
const {pathToFileURL} = require('url');

const [schema, wrongFile, ...files] = process.argv.slice(2);
const settings = {
  yaml: {
    validate: true, completion: true, hover: true, schemaStore: {enable: false},
    schemas: {[pathToFileURL(path.resolve(schema)).href]: ['**/*.yaml']},
    customTags: ['!delete', '!replace', '!append', '!prepend'].flatMap(
        (tag) => ['scalar', 'sequence', 'mapping'].map((kind) => `${tag} ${kind}`)),
  },
};

// --- the protocol: JSON behind a header that says its length --------------------------------------------------------

const program = require.resolve('yaml-language-server/bin/yaml-language-server');
const server = spawn(process.execPath, [program, '--stdio'], {stdio: ['pipe', 'pipe', 'inherit']});
let buffer = Buffer.alloc(0);
let last = 0;
const answers = new Map();   // request → what to do with its answer
const problems = new Map();  // file → what to do with its problems

const send = (message) => {
  const body = Buffer.from(JSON.stringify({jsonrpc: '2.0', ...message}));
  server.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
  server.stdin.write(body);
};
const notify = (method, params) => send({method, params});
const request = (method, params) => new Promise((resolve) => {
  answers.set(++last, resolve);
  send({id: last, method, params});
});

function receive(message) {
  if (message.method === 'workspace/configuration') {
    const parts = message.params.items.map(({section}) => settings[section] ?? {});
    send({id: message.id, result: parts});
  } else if (message.method === 'textDocument/publishDiagnostics') {
    const {uri, diagnostics} = message.params;
    problems.get(uri)?.(diagnostics);
  } else if (message.method && message.id !== undefined) {
    send({id: message.id, result: null});
  } else if (answers.has(message.id)) {
    answers.get(message.id)(message.result);
  }
}

server.stdout.on('data', (chunk) => {
  buffer = Buffer.concat([buffer, chunk]);
  for (;;) {
    const end = buffer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, end))[1]);
    if (buffer.length < end + 4 + length) return;
    const body = buffer.subarray(end + 4, end + 4 + length);
    buffer = buffer.subarray(end + 4 + length);
    receive(JSON.parse(body));
  }
});

// --- an editor ------------------------------------------------------------------------------------------------------

let opened = 0;
const open = (text, file = `document-${++opened}.yaml`) => {
  const uri = pathToFileURL(path.resolve(file)).href;
  const found = new Promise((resolve) => problems.set(uri, resolve));
  notify('textDocument/didOpen', {textDocument: {uri, languageId: 'yaml', version: 1, text}});
  return {uri, found};
};

/// Labels offered where `|` stands in the text.
async function complete(text) {
  const before = text.slice(0, text.indexOf('|')).split('\n');
  const {uri} = open(text.replace('|', ''));
  const answer = await request('textDocument/completion', {
    textDocument: {uri},
    position: {line: before.length - 1, character: before.at(-1).length},
  });
  return (answer.items ?? answer).map((item) => item.label);
}

async function hover(text) {
  const before = text.slice(0, text.indexOf('|')).split('\n');
  const {uri} = open(text.replace('|', ''));
  const answer = await request('textDocument/hover', {
    textDocument: {uri},
    position: {line: before.length - 1, character: before.at(-1).length},
  });
  return answer?.contents?.value ?? '';
}

let failed = 0;
const expect = (good, what) => {
  if (good) return;
  console.log(what);
  ++failed;
};

const kHead = 'shoal: 1\nname: typed\nnodes:\n  d: {use: dataset/mnist}\n  c:\n';
const kOffers = [
  ['parameters', `${kHead}    use: clusterer/kmeans\n    in: {data: d}\n    with:\n      |\n`, ['k', 'init', 'max_iter'], ['n_cluster', 'batch_size']],
  ['a parameter begun', `${kHead}    use: clusterer/kmeans\n    with:\n      m|\n`, ['max_iter'], []],
  ['choices', `${kHead}    use: clusterer/kmeans\n    with:\n      init: |\n`, ['k-means++', 'random'], []],
  ['components', `${kHead}    use: |\n`, ['clusterer/kmeans', 'dataset/mnist'], []],
  ['ports', `${kHead}    use: clusterer/kmeans\n    in:\n      |\n`, ['data', 'weights'], ['labels']],
  ['keys of a node', `${kHead}    use: clusterer/kmeans\n    |\n`, ['in', 'with', 'timeout'], []],
  ['keys at the top', 'shoal: 1\n|\n', ['name', 'nodes', 'matrix', 'report'], []],
];

async function main() {
  await request('initialize', {
    processId: process.pid, rootUri: null,
    capabilities: {workspace: {configuration: true}, textDocument: {publishDiagnostics: {}, completion: {completionItem: {snippetSupport: true}}}},
  });
  notify('initialized', {});
  notify('workspace/didChangeConfiguration', {settings});
  await new Promise((resolve) => setTimeout(resolve, 1000));

  for (const file of files) {
    const found = await open(fs.readFileSync(file, 'utf8'), file).found;
    for (const {range, message} of found) expect(false, `${file}:${range.start.line + 1}: ${message}`);
  }
  const wrong = fs.readFileSync(wrongFile, 'utf8').split(/^=== /m).slice(1);
  for (const part of wrong) {
    const title = part.slice(0, part.indexOf('\n'));
    const text = part.slice(part.indexOf('\n') + 1);
    const line = text.split('\n').findIndex((one) => one.includes('# wrong')) + 1;
    const found = await open(text).found;
    const lines = new Set(found.map(({range}) => range.start.line + 1));
    expect(lines.size === 1 && lines.has(line), `${title}: wanted line ${line}, got ` +
        (found.map(({range, message}) => `${range.start.line + 1}: ${message}`).join('; ') || 'nothing'));
    if (process.env.SHOW) console.log(`${title}: ${found.map(({message}) => message).join('; ')}`);
  }
  for (const [what, text, wanted, unwanted] of kOffers) {
    const offered = await complete(text);
    for (const one of wanted) expect(offered.includes(one), `${what}: '${one}' is not offered among ${offered}`);
    for (const one of unwanted) expect(!offered.includes(one), `${what}: '${one}' is offered`);
  }
  const said = await hover(`${kHead}    use: clusterer/kmeans\n    with:\n      k|: 5\n`);
  expect(said.includes('number of clusters'), `over k it says '${said}'`);
  console.log(`${files.length} good files, ${wrong.length} wrong ones, ${kOffers.length} completions, ${failed} otherwise than wanted`);
  process.exit(failed === 0 && wrong.length >= 30 ? 0 : 1);
}

main();
