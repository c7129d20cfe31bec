package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latchkey/adapters/bunsql"
	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

var now = time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)

// act is something that a request asks of the storage, for the account of a number.
type act struct {
	name  string
	reads bool
	do    func(ctx context.Context, f *filled, n int64) error
}

const (
	tokenAct = "owner of a token"
	floorAct = "… by a bare statement of the driver"
)

// acts are in the order of the table; those that only read come first. The look-up of a
// token and its floor are not at the beginning: what comes first was measured to pay for
// connections that are not open yet, and for what a server still does with tables that
// it was just given.
var acts = []act{
	{"GET user/ by the token", true, request},
	{"… without one", true, requestFloor},
	{"login by user name", true, byUsername},
	{"login by e-mail", true, byEmail},
	{"session", true, session},
	{"identity", true, identity},
	{floorAct, true, tokenFloor},
	{tokenAct, true, token},
	{"registration", false, register},
	{"refresh in a family", false, refresh},
}

var errWrongRow = errors.New("another row was found")

func right(found, n int64) error {
	if found != n {
		return fmt.Errorf("%w: %d instead of %d", errWrongRow, found, n)
	}
	return nil
}

func token(ctx context.Context, f *filled, n int64) error {
	owner, err := bunsql.NewAPITokens(f.db).Owner(ctx, secret.New(key(n)))
	if err != nil {
		return err
	}
	return right(int64(owner.ID()), n)
}

func byUsername(ctx context.Context, f *filled, n int64) error {
	return first(n)(bunsql.NewAccounts(f.db).ByUsername(ctx, accounts.Username(fmt.Sprint("user", n))))
}

func byEmail(ctx context.Context, f *filled, n int64) error {
	return first(n)(bunsql.NewAccounts(f.db).ByEmail(ctx, accounts.Email(fmt.Sprintf("user%d@example.com", n))))
}

func first(n int64) func([]*accounts.Account, error) error {
	return func(found []*accounts.Account, err error) error {
		if err != nil || len(found) != 1 {
			return errors.Join(errWrongRow, err)
		}
		return right(int64(found[0].ID()), n)
	}
}

func session(ctx context.Context, f *filled, n int64) error {
	_, err := bunsql.NewWebSessions(f.db, noSeals{}).ByKey(ctx, secret.New(key(n)), now)
	return err
}

func identity(ctx context.Context, f *filled, n int64) error {
	found, err := bunsql.NewIdentities(f.db).ByKey(ctx, identities.Key{Provider: "google", Subject: key(n)})
	if err != nil {
		return err
	}
	return right(int64(found.Account()), n)
}

// register does what a registration writes: account, address, mail and token.
func register(ctx context.Context, f *filled, n int64) error {
	name := fmt.Sprint("newcomer", n)
	account := accounts.New(accounts.Username(name), accounts.Email(name+"@example.com"), secret.New(hash), now)
	err := bunsql.NewTransactor(f.db).InTx(ctx, func(ctx context.Context) error {
		if err := bunsql.NewAccounts(f.db).Add(ctx, account); err != nil {
			return err
		}
		if err := bunsql.NewAddresses(f.db).Add(ctx, accounts.NewAddress(account.ID(), account.Email(), true)); err != nil {
			return err
		}
		return bunsql.NewOutbox(f.db).Append(ctx, now, ports.Message{Topic: "mail", Payload: map[string]string{"to": name}})
	})
	if err != nil {
		return err
	}
	_, err = bunsql.NewAPITokens(f.db).Issue(ctx, sessions.APIToken{Key: secret.New("n" + key(n)[1:]), Account: account.ID(), Created: now})
	return err
}

// refresh moves a family on, revokes the old token and records the new one.
func refresh(ctx context.Context, f *filled, n int64) error {
	old, next := refreshToken("j"+key(n)), refreshToken("next"+key(n))
	return bunsql.NewTransactor(f.db).InTx(ctx, func(ctx context.Context) error {
		turn := sessions.TurnEnded
		err := bunsql.NewFamilies(f.db).Update(ctx, "f"+key(n), func(family *sessions.Family) error {
			turn = family.Present(old.ID, next.Link(), time.Minute, now)
			return nil
		})
		if err != nil || turn != sessions.TurnRotated {
			return errors.Join(errWrongRow, err)
		}
		tokens := bunsql.NewRefreshTokens(f.db)
		if err := tokens.Revoke(ctx, secret.New(refreshText), old, accounts.ID(n), now); err != nil {
			return err
		}
		return tokens.Record(ctx, secret.New(refreshText), next, accounts.ID(n))
	})
}

func refreshToken(id string) sessions.Claims {
	return sessions.Claims{Kind: sessions.KindRefresh, ID: id, IssuedAt: now, Expires: now.Add(24 * time.Hour)}
}

// noSeals stands in for signatures: they cost the same whatever the size.
type noSeals struct{}

func (noSeals) Fingerprint(secret.String) string                     { return "" }
func (noSeals) Fits(string, secret.String) bool                      { return true }
func (noSeals) Seal(*sessions.WebSession, time.Time) (string, error) { return "", nil }
func (noSeals) Open(string, *sessions.WebSession) error              { return nil }
