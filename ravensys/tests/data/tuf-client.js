// SPDX-License-Identifier: ISC
// A foreign TUF client: gets the catalogue and a package of a repository, or says why not.
//
//	node tuf-client.js MODULES URL ROOT FOLDER ABI PACKAGE			one client; FOLDER is its state
//	node tuf-client.js MODULES URL ROOT FOLDER ABI PACKAGE REPO SEED N	N flips in what it reads, each a new client
//
// Prints "accepted SHA256-OF-CATALOGUE SHA256-OF-PACKAGE" or "refused: ..."; for flips "N refused" or the first that
// was accepted.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const [modules, url, root, folder, abi, name, repo, seed, count] = process.argv.slice(2);
const { Updater } = require(path.join(modules, 'tuf-js'));

const sha256 = (file) => crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');

async function get(updater, target, to) {
	const info = await updater.getTargetInfo(target);
	if (!info)
		throw new Error(`${target}: not listed`);
	await updater.downloadTarget(info, to);
	return sha256(to);
}

async function client(dir) {
	const metadata = path.join(dir, 'metadata'), targets = path.join(dir, 'targets');
	fs.mkdirSync(metadata, { recursive: true });
	fs.mkdirSync(targets, { recursive: true });
	if (!fs.existsSync(path.join(metadata, 'root.json')))
		fs.copyFileSync(root, path.join(metadata, 'root.json'));
	const updater = new Updater({
		metadataDir: metadata,
		metadataBaseUrl: `${url}repo/metadata`,
		targetDir: targets,
		targetBaseUrl: `${url}repo/targets`,
		config: { fetchRetries: 0, fetchRetry: 0 },
	});
	await updater.refresh();
	const catalog = await get(updater, `${abi}/catalog.sqlite.zst`, path.join(targets, 'catalog'));
	const file = await get(updater, `${abi}/files/${name}`, path.join(targets, 'package'));
	return `accepted ${catalog} ${file}`;
}

// The same numbers for the same seed.
let state = BigInt(seed || 0);
function random(n) {
	state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
	return Number((state >> 33n) % BigInt(n));
}

function isCase(a, b) {
	return (a ^ b) === 0x20 && /[a-fA-F]/.test(String.fromCharCode(a));
}

// The newest metadata, the catalogue and the package: what a client of this ABI reads.
function filesRead() {
	const all = fs.readdirSync(repo, { recursive: true, withFileTypes: true })
		.filter((e) => e.isFile() && !e.name.startsWith('.'))
		.map((e) => path.join(e.parentPath || e.path, e.name));
	const newest = {};
	const read = [root];
	for (const file of all) {
		const base = path.basename(file), m = /^(\d+)\.(.*)\.json$/.exec(base);
		const ours = path.basename(path.dirname(file)) === abi && base.endsWith('.catalog.sqlite.zst');
		if (base === 'timestamp.json' || ours || base.endsWith(`.${name}`))
			read.push(file);
		else if (m && ['snapshot', 'targets', abi, `${abi}-files`].includes(m[2]) && Number(m[1]) > (newest[m[2]] || [0])[0])
			newest[m[2]] = [Number(m[1]), file];
	}
	return read.concat(Object.values(newest).map((x) => x[1]));
}

async function flips() {
	const files = filesRead();
	for (let i = 0; i < Number(count); ) {
		const file = files[i % files.length], good = fs.readFileSync(file);
		const at = random(good.length), bad = Buffer.from(good);
		bad[at] ^= 1 + random(255);
		if (isCase(good[at], bad[at]))
			continue;
		i++;
		const dir = fs.mkdtempSync(path.join(folder, 'flip'));
		let said;
		fs.writeFileSync(file, bad);
		try {
			said = await client(dir);
		} catch (e) {
			said = null;
		}
		fs.writeFileSync(file, good);
		fs.rmSync(dir, { recursive: true });
		if (said)
			return `accepted: ${file}, byte ${at}: ${good[at]} -> ${bad[at]}`;
	}
	return `${count} refused`;
}

(repo ? flips() : client(folder)).then(
	(text) => console.log(text),
	(e) => console.log(`refused: ${e.message} ${e.cause ? e.cause.message : ''}`));
