package pwnedpasswords

import (
	"context"
	"crypto/sha1" //nolint:gosec // the protocol's; it protects nothing here
	"encoding/hex"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"sync/atomic"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
)

// prefixLength is how many characters of a digest the service is told.
const prefixLength = 5

// Breaches asks the service.
type Breaches struct {
	client *client
	log    *slog.Logger
	down   atomic.Bool // the last answer was a failure
}

var _ ports.Breaches = (*Breaches)(nil)

// New asks the service under address, which ends with a slash, such as
// https://api.pwnedpasswords.com/range/.
func New(address string, log *slog.Logger) *Breaches {
	return &Breaches{client: newClient(address), log: log}
}

// Has reports whether the password is known to have been in a breach.
func (b *Breaches) Has(ctx context.Context, password credentials.Password) bool {
	sum := sha1.Sum([]byte(password.Reveal())) //nolint:gosec // see above
	digest := strings.ToUpper(hex.EncodeToString(sum[:]))
	answer, err := b.client.fetch(ctx, digest[:prefixLength])
	var found bool
	if err == nil {
		found, err = contains(answer, digest[prefixLength:])
	}
	b.outcome(ctx, err)
	return found
}

// Close ends the connections.
func (b *Breaches) Close() { b.client.http.CloseIdleConnections() }

// outcome logs the first failure and the end: a line for each password would let anybody fill
// the log while the service is gone. A caller who left says nothing about the service.
func (b *Breaches) outcome(ctx context.Context, err error) {
	switch {
	case err == nil:
		if b.down.CompareAndSwap(true, false) {
			b.log.InfoContext(ctx, "passwords are looked for among breached ones again")
		}
	case ctx.Err() == nil && b.down.CompareAndSwap(false, true):
		b.log.WarnContext(ctx, "passwords are not looked for among breached ones: they pass until the service answers", "error", withoutURL(err))
	}
}

// withoutURL drops what the library says before the reason: the address that was asked for,
// which ends with a part of a digest.
func withoutURL(err error) error {
	var asked *url.Error
	if errors.As(err, &asked) {
		return asked.Err
	}
	return err
}
