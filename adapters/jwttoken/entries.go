package jwttoken

import (
	"fmt"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/secret"
)

// State is where a key of the file is in its life.
type State string

// The states, in the order in which a key goes through them.
const (
	Staged  State = "staged"
	Current State = "current"
	Retired State = "retired"
)

// The form of kids: short enough for every header, and nothing in them that a
// path, a URL or a query could trip over.
const (
	kidLength   = 16
	kidAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
)

// entry is a key of the file.
type entry struct {
	ID        string    `json:"kid"`
	Algorithm string    `json:"algorithm"`
	State     State     `json:"state"`
	Created   time.Time `json:"created"`
	Changed   time.Time `json:"changed"`
	Material  material  `json:"key"`
}

// material is a private key or a shared secret. Of all secrets, it is the one
// that gets written: into the key file.
type material struct{ secret.String }

// MarshalText writes the secret itself.
func (m material) MarshalText() ([]byte, error) { return []byte(m.Reveal()), nil }

// UnmarshalText reads what MarshalText writes.
func (m *material) UnmarshalText(text []byte) error {
	m.String = secret.New(string(text))
	return nil
}

func newEntry(algorithm, kid string, now time.Time) (entry, error) {
	a, err := algorithmNamed(algorithm)
	if err != nil {
		return entry{}, err
	}
	text, err := generate(a)
	now = now.UTC().Truncate(time.Second)
	return entry{ID: kid, Algorithm: algorithm, State: Staged, Created: now, Changed: now, Material: material{text}}, err
}

// end is when a retired key stops to verify.
func (e entry) end(life time.Duration) time.Time { return e.Changed.Add(life) }

func (e entry) wrong(why any) error { return fmt.Errorf("key %s: %v", e.ID, why) }

func (e *entry) become(state State, now time.Time) {
	e.State, e.Changed = state, now.UTC().Truncate(time.Second)
}

// entries are the keys of the file, oldest first.
type entries []entry

func (all entries) byID(kid string) (*entry, error) {
	for i := range all {
		if all[i].ID == kid {
			return &all[i], nil
		}
	}
	return nil, fmt.Errorf("there is no key %q", kid)
}

func (all entries) freeID(random ports.Random) string {
	for {
		kid := random.Text(kidLength, kidAlphabet)
		if _, err := all.byID(kid); err != nil {
			return kid
		}
	}
}

// promote does not take a retired key back: it may have been retired because it leaked.
func (all entries) promote(kid string, now time.Time) error {
	next, err := all.byID(kid)
	if err != nil {
		return err
	}
	switch next.State {
	case Current:
		return next.wrong("it signs already")
	case Retired:
		return next.wrong("it is retired, and a retired key never signs again: make a new one")
	}
	for i := range all {
		if all[i].State == Current {
			all[i].become(Retired, now)
		}
	}
	next.become(Current, now)
	return nil
}

func (all entries) retire(kid string, now time.Time) error {
	old, err := all.byID(kid)
	if err != nil {
		return err
	}
	switch {
	case old.State == Current:
		return old.wrong("it signs now: promote another one first, which retires this one")
	case old.State == Retired:
		return old.wrong("it is retired already")
	case all.living() == 1:
		return old.wrong("it is the last one: make and promote another one first")
	}
	old.become(Retired, now)
	return nil
}

func (all entries) living() int {
	count := 0
	for _, e := range all {
		if e.State != Retired {
			count++
		}
	}
	return count
}
