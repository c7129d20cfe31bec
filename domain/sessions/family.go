package sessions

import (
	"time"

	"latchkey/domain/accounts"
)

// Family is the line of refresh tokens that began at one login. Each refresh
// replaces the newest token by its successor; an older one that turns up again
// was stolen, by whoever holds it or from whoever does, and ends the whole line
// (RFC 9700, 4.14.2). It holds ids of tokens and never the tokens themselves.
type Family struct {
	ID      string // FamilyIDLength characters of TokenIDAlphabet
	Account accounts.ID
	Began   time.Time
	// Ended is when the family was revoked; zero while it lives.
	Ended time.Time
	// Current is the newest refresh token.
	Current Link
	// Previous is the id of the token that Current replaced; empty at first.
	Previous string
}

// Link is one refresh token of a family.
type Link struct {
	ID                string
	IssuedAt, Expires time.Time
}

// FamilyIDLength is how many characters a family's id has.
const FamilyIDLength = 32

// Turn is what a presented refresh token turned out to be.
type Turn uint8

// The turns.
const (
	// TurnReused is the zero value: a token that is neither of the two below ends the family.
	TurnReused Turn = iota
	// TurnRotated: the newest token was presented, and next has taken its place.
	TurnRotated
	// TurnRepeated: the token before the newest was presented again, soon after its
	// use, by another tab or a retry: it gets the newest token once more.
	TurnRepeated
	// TurnUnchanged: tokens do not rotate, and the family lives.
	TurnUnchanged
	// TurnEnded: the family had ended before.
	TurnEnded
)

// Present judges a presented refresh token and moves the family on. next becomes
// the newest token if the presented one was; within grace of that, the presented
// one may come again. Times of tokens are whole seconds, so that grace is, too.
func (f *Family) Present(id string, next Link, grace time.Duration, now time.Time) Turn {
	switch {
	case !f.Ended.IsZero():
		return TurnEnded
	case id == f.Current.ID:
		f.Previous, f.Current = f.Current.ID, next
		return TurnRotated
	case id == f.Previous && id != "" && grace > 0 && now.Truncate(time.Second).Sub(f.Current.IssuedAt) <= grace:
		return TurnRepeated
	}
	f.End(now)
	return TurnReused
}

// Follow moves a living family on to next where reuse is not looked for.
func (f *Family) Follow(next Link) Turn {
	if !f.Alive() {
		return TurnEnded
	}
	f.Previous, f.Current = f.Current.ID, next
	return TurnRotated
}

// Check judges a presented refresh token where tokens do not rotate.
func (f *Family) Check() Turn {
	if f.Alive() {
		return TurnUnchanged
	}
	return TurnEnded
}

// End revokes the family. A family that has ended stays as it is.
func (f *Family) End(now time.Time) {
	if f.Ended.IsZero() {
		f.Ended = now
	}
}

// Alive reports whether tokens of the family are still good.
func (f *Family) Alive() bool { return f.Ended.IsZero() }
