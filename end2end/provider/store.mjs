// What a provider remembers, in memory: sessions, grants, codes and tokens, all forgotten with the process.

export class Store {
  #rows = new Map();

  /** The adapter that `oidc-provider` asks for, one for each kind of row. */
  adapter() {
    const rows = this.#rows;
    return class {
      constructor(kind) {
        this.kind = kind;
      }

      async upsert(id, payload) {
        rows.set(`${this.kind} ${id}`, { kind: this.kind, id, payload });
      }

      async find(id) {
        return rows.get(`${this.kind} ${id}`)?.payload;
      }

      async findByUid(uid) {
        return [...rows.values()].find((row) => row.kind === this.kind && row.payload.uid === uid)?.payload;
      }

      async findByUserCode(userCode) {
        return [...rows.values()].find((row) => row.kind === this.kind && row.payload.userCode === userCode)?.payload;
      }

      async consume(id) {
        const row = rows.get(`${this.kind} ${id}`);
        if (row) row.payload.consumed = Math.floor(Date.now() / 1000);
      }

      async destroy(id) {
        rows.delete(`${this.kind} ${id}`);
      }

      async revokeByGrantId(grantId) {
        for (const [key, row] of rows) {
          if (row.kind === this.kind && row.payload.grantId === grantId) rows.delete(key);
        }
      }
    };
  }

  /** A row as it is stored, or nothing. Opaque tokens and codes are their own ids. */
  row(kind, id) {
    return this.#rows.get(`${kind} ${id}`)?.payload;
  }

  /** Forgets the rows of these kinds that fit, and tells how many they were. */
  forget(kinds, fits) {
    let count = 0;
    for (const [key, { kind, id, payload }] of this.#rows) {
      if (kinds.includes(kind) && fits(payload, id)) {
        this.#rows.delete(key);
        count += 1;
      }
    }
    return count;
  }
}
