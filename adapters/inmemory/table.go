package inmemory

// table is rows by key. Rows are values and never changed in place.
type table[K comparable, V any] struct {
	rows map[K]V
}

func newTable[K comparable, V any]() table[K, V] { return table[K, V]{rows: make(map[K]V)} }

// put stores the row, and how to take that back.
func (t table[K, V]) put(tx *transaction, key K, row V) {
	tx.undo = append(tx.undo, t.restoring(key))
	t.rows[key] = row
}

// drop deletes the row, and stores how to take that back.
func (t table[K, V]) drop(tx *transaction, key K) {
	tx.undo = append(tx.undo, t.restoring(key))
	delete(t.rows, key)
}

func (t table[K, V]) restoring(key K) func() {
	old, had := t.rows[key]
	return func() {
		if had {
			t.rows[key] = old
		} else {
			delete(t.rows, key)
		}
	}
}
