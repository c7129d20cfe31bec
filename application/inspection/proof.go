package inspection

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"latchkey/application/ports"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
	"latchkey/domain/verification"
)

// Witnesses judge something that the secret key has signed, as a request would.
type Witnesses struct {
	Sessions  ports.WebSessions
	Resets    ports.ResetTokens
	Accounts  ports.Accounts
	Addresses ports.Addresses
}

// link finds the uid and the token in a reset link, in the forms of Django and allauth,
// or where they stand beside each other.
var link = regexp.MustCompile(`(?:^|[/=\s])([0-9A-Za-z_]+)(?:[/-]|\s+|&token=)([0-9a-z]{1,13}-[0-9a-f]{32})/?$`)

// proof judges the secret key by what the operator handed over: a live session or a fresh
// reset link is a stronger witness than sessions of unknown age. No finding repeats it,
// because it opens an account.
func (d *Doctor) proof(ctx context.Context) []Finding {
	f := findings{check: "proof"}
	if d.seals == nil {
		f.add(Broken, "There is no secret key yet that could have signed this.", "Set SECRET_KEY to Django's.")
		return f.all
	}
	text := strings.TrimSpace(d.options.Proof.Reveal())
	what, expected := "session cookie", "is alive: that its owner has not signed out and it has not expired"
	var err error
	if parts := link.FindStringSubmatch(text); parts != nil {
		what, expected = "reset link", "is fresh: that it has not been used or expired, and its owner has not signed in since"
		err = d.tryLink(ctx, parts[1], parts[2])
	} else {
		_, value, named := strings.Cut(text, "=")
		if !named {
			value = text
		}
		_, err = d.options.Witnesses.Sessions.ByKey(ctx, secret.New(strings.TrimSuffix(value, ";")), d.clock.Now())
	}
	switch {
	case err == nil:
		return f.orGood(fmt.Sprintf("The %s proves %s.", what, d.options.KeyWhere))
	case fault.KindOf(err) == fault.Internal:
		return failed(f.check, err)
	}
	f.add(Broken, fmt.Sprintf("The %s does not fit: the service would refuse it. Either it is of another database, or %s did not sign it.", what, d.options.KeyWhere),
		fmt.Sprintf("Make sure that it %s. If so, set SECRET_KEY (and SECRET_KEY_FALLBACKS) to those of the program that made it.", expected))
	return f.all
}

// tryLink returns nil for a link by which a password could be reset.
func (d *Doctor) tryLink(ctx context.Context, uid, token string) error {
	id, err := d.options.Witnesses.Resets.ParseUID(uid)
	if err != nil {
		return err
	}
	account, err := d.options.Witnesses.Accounts.ByID(ctx, id)
	if err != nil {
		return err
	}
	addresses, err := d.options.Witnesses.Addresses.Of(ctx, id)
	if err != nil {
		return err
	}
	return d.options.Witnesses.Resets.Check(verification.StateOf(account, addresses), token, d.clock.Now())
}
