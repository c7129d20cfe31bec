package jwttoken

import (
	"time"

	"latchkey/domain/secret"
)

// ring is the keys at one moment. It never changes.
type ring struct {
	settings, signing Key
	filed             []filedKey
}

// filedKey is a key of the file.
type filedKey struct {
	Key
	end time.Time // of verifying; zero for a key that is not retired
}

func (k filedKey) ended(now time.Time) bool { return !k.end.IsZero() && !now.Before(k.end) }

func newRing(settings Key, entries []entry, life time.Duration) (*ring, error) {
	made := &ring{settings: settings, signing: settings}
	for _, e := range entries {
		key, err := e.open()
		if err != nil {
			return nil, err
		}
		filed := filedKey{Key: key}
		switch e.State {
		case Current:
			made.signing = key
		case Retired:
			filed.end = e.end(life)
		}
		made.filed = append(made.filed, filed)
	}
	return made, nil
}

// find compares the kid with those that we have and does nothing else with it:
// it names no file and no row, so that it can point at neither.
func (r *ring) find(kid string, named bool, now time.Time) (Key, bool) {
	if !named || len(r.filed) == 0 {
		return r.settings, true
	}
	for _, key := range r.filed {
		if key.ID == kid {
			return key.Key, !key.ended(now)
		}
	}
	return Key{}, false
}

// wrote returns the header of the tokens that one of our keys signs, when the text is
// that. What is said there of tokens need not be read again for each of them.
func (r *ring) wrote(text string) (header, bool) {
	if text == r.settings.header {
		return r.settings.heading(), true
	}
	for _, key := range r.filed {
		if text == key.header {
			return key.heading(), true
		}
	}
	return header{}, false
}

// open makes the key of an entry.
func (e entry) open() (Key, error) {
	key, err := ParseKey(e.Algorithm, e.Material.String, secret.String{})
	if err != nil {
		return Key{}, e.wrong(err)
	}
	return key.named(e.ID), nil
}
