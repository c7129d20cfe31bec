package factors

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

// Factors are the second factors of one account. It is opaque: what its methods
// refuse, no adapter can let pass.
type Factors struct{ s Snapshot }

// Snapshot is the whole state of Factors, for adapters that store it.
type Snapshot struct {
	Account accounts.ID
	// TOTP is nil where no second factor is demanded.
	TOTP *TOTP
	// Recovery may be there without TOTP in tables that another program filled. It
	// then counts for nothing.
	Recovery *Recovery
}

// Restore makes Factors from what was stored.
func Restore(s Snapshot) *Factors { return &Factors{s: s.copied()} }

// Snapshot returns a copy of the state.
func (f *Factors) Snapshot() Snapshot { return f.s.copied() }

func (s Snapshot) copied() Snapshot {
	if s.TOTP != nil {
		totp := *s.TOTP
		s.TOTP = &totp
	}
	if s.Recovery != nil {
		recovery := *s.Recovery
		s.Recovery = &recovery
	}
	return s
}

// Enabled reports whether the account's owner must prove a second factor.
func (f *Factors) Enabled() bool { return f.s.TOTP != nil }

// Created returns since when; zero where none is demanded.
func (f *Factors) Created() time.Time {
	if !f.Enabled() {
		return time.Time{}
	}
	return f.s.TOTP.Created
}

// LastUsed returns when a code was last good, of either kind; zero for never.
func (f *Factors) LastUsed() time.Time {
	if !f.Enabled() {
		return time.Time{}
	}
	last := f.s.TOTP.LastUsed
	if f.s.Recovery != nil && f.s.Recovery.LastUsed.After(last) {
		last = f.s.Recovery.LastUsed
	}
	return last
}

// Unused returns the recovery codes that are left, where they can be told; no others
// than none without a second factor, whatever is stored.
func (f *Factors) Unused(rules Rules) []string {
	if !f.Enabled() || f.s.Recovery == nil {
		return []string{}
	}
	return f.s.Recovery.Unused(rules)
}

// Tellable reports whether Unused tells all there is: codes of which only digests
// are kept cannot be told.
func (f *Factors) Tellable() bool {
	return !f.Enabled() || f.s.Recovery == nil || !f.s.Recovery.Seed.Empty()
}

// Prove uses a code up, of the app or a recovery code, or returns ErrCodeInvalid.
func (f *Factors) Prove(code string, rules Rules, now time.Time) error {
	if err := f.ProveTOTP(code, rules, now); err == nil {
		return nil
	}
	if !f.Enabled() || f.s.Recovery == nil || !f.s.Recovery.use(code, rules, now) {
		return ErrCodeInvalid
	}
	return nil
}

// ProveTOTP uses up a code of the app, or returns ErrCodeInvalid.
func (f *Factors) ProveTOTP(code string, rules Rules, now time.Time) error {
	if !f.Enabled() || !f.s.TOTP.use(code, rules, now) {
		return ErrCodeInvalid
	}
	return nil
}

// Activate demands a second factor from now on. It returns ErrActivationCodeInvalid
// unless the code is of the secret, and burns that code. Recovery codes of before end.
func (f *Factors) Activate(shared secret.String, code string, recovery *Recovery, rules Rules, now time.Time) error {
	totp := &TOTP{Secret: shared, Created: now}
	if !totp.use(code, rules, now) {
		return ErrActivationCodeInvalid
	}
	// It was set up with that code, and not used: its owner is told so, and another
	// program would take a code of before for the last one.
	totp.LastCode, totp.LastUsed = "", time.Time{}
	f.s.TOTP = totp
	f.Renew(recovery)
	return nil
}

// Deactivate demands no second factor any more.
func (f *Factors) Deactivate() { f.s.TOTP, f.s.Recovery = nil, nil }

// Renew puts new recovery codes in the place of the former. When there were codes for
// the first time and when one was last used stays, as upstream has it.
func (f *Factors) Renew(recovery *Recovery) {
	if former := f.s.Recovery; former != nil {
		renewed := *recovery
		renewed.Created, renewed.LastUsed = former.Created, former.LastUsed
		recovery = &renewed
	}
	f.s.Recovery = recovery
}

// Standing is a digest of what a pending sign-in stands on: the password and the
// factor. With a change of either it is another one. Without the secret, which is
// random, nothing can be tried out on it.
func (f *Factors) Standing(account *accounts.Account) string {
	parts := account.PasswordHash().Reveal() + "\x00" + strconv.FormatInt(int64(account.ID()), 10)
	if f.Enabled() {
		parts += "\x00" + f.s.TOTP.Secret.Reveal() + "\x00" + f.s.TOTP.Created.UTC().Format(time.RFC3339Nano)
	}
	sum := sha256.Sum256([]byte(parts))
	return hex.EncodeToString(sum[:])
}
