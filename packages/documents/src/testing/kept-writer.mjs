// Writes a content without end from a process of its own, and tells each time that some of it is on the disk; the test kills it.
import { Readable } from 'node:stream';

const [folder, name, kind] = process.argv.slice(2);
const { FolderContentStore } = await import('../../dist/store/folder/folder-content-store.js');
const { SealedContentStore } = await import('../../dist/store/sealed/sealed-content-store.js');
const folderStore = new FolderContentStore({ folder });
const sealing = {
  seal: async (text) => Buffer.from(text).toString('base64'),
  open: async (text) => Buffer.from(text, 'base64').toString(),
};
const store = kind === 'sealed' ? new SealedContentStore({ store: folderStore, sealing }) : folderStore;

const chunk = Buffer.alloc(64 * 1024, 'Motlhabine ');
let given = 0;
const bytes = new Readable({
  read() {
    given++;
    this.push(chunk);
    if (given % 16 === 0) process.stdout.write('.');
  },
});
try {
  const facts = await store.write(name, bytes);
  process.stdout.write(JSON.stringify(facts));
} catch (error) {
  process.stdout.write(
    JSON.stringify({ name: error.name, code: error.code, message: error.message, remedy: error.remedy }),
  );
}
