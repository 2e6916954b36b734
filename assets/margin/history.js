// Every state of the page, as a tree: undo goes to the parent, redo to the child last left, and nothing is thrown away.
const STORE = 'triptych-literature';
const MOST = 200;

const readStore = () => {
  try { return JSON.parse(localStorage.getItem(STORE)) || {}; } catch { return {}; }
};

class History {
  constructor() {
    const kept = readStore();
    this.nodes = kept.nodes || {};
    this.head = this.nodes[kept.head] ? kept.head : null;
  }

  get runs() { return this.head ? this.nodes[this.head].runs : []; }

  get parent() { return this.head ? this.nodes[this.head].parent : null; }

  add(runs, kind, parent = this.head) {
    const id = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
    this.nodes[id] = { parent, runs, kind, time: Date.now() };
    return id;
  }

  // An opening is only where a work began: Retry starts from it, Undo and Redo pass over it.
  get passing() { return this.nodes[this.head]?.kind === 'opening'; }

  go(id) {
    for (let at = id; at && this.nodes[at]; at = this.nodes[at].parent) {
      const parent = this.nodes[this.nodes[at].parent];
      if (parent) parent.last = at;
    }
    this.head = id;
    this.save();
  }

  undo() {
    if (!this.head) return false;
    do {
      const { parent } = this.nodes[this.head];
      if (this.nodes[parent]) this.nodes[parent].last = this.head;
      else this.left = this.head;
      this.head = this.nodes[parent] ? parent : null;
    } while (this.passing);
    this.save();
    return true;
  }

  redo() {
    const from = this.head;
    do {
      const next = this.head ? this.nodes[this.head].last : this.left;
      this.head = this.nodes[next] ? next : null;
    } while (this.passing);
    this.head ??= from;
    this.save();
    return this.head !== from;
  }

  siblings() {
    const at = this.nodes[this.head];
    if (!at) return [];
    const same = ([, node]) => node.parent === at.parent && node.kind !== 'typed';
    return Object.entries(this.nodes).filter(same).sort((one, two) => one[1].time - two[1].time).map(([id]) => id);
  }

  // Another tab may have written since: its states are kept beside ours.
  save() {
    this.nodes = { ...(readStore().nodes || {}), ...this.nodes };
    for (let most = MOST; ; most = Math.floor(most / 2)) {
      this.forget(most);
      try {
        localStorage.setItem(STORE, JSON.stringify({ nodes: this.nodes, head: this.head }));
        return;
      } catch {
        if (most < 2) return;
      }
    }
  }

  forget(most) {
    const ids = Object.keys(this.nodes).sort((one, two) => this.nodes[two].time - this.nodes[one].time);
    for (const id of ids.slice(most)) {
      if (id === this.head) continue;
      for (const node of Object.values(this.nodes)) if (node.parent === id) node.parent = this.nodes[id].parent;
      delete this.nodes[id];
    }
  }
}
