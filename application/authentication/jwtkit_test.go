package authentication_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

const (
	accessLife  = 5 * time.Minute
	refreshLife = 24 * time.Hour
	grace       = 10 * time.Second
)

var errDown = errors.New("the disk is full")

// jwt gives options under which a login gives a pair of tokens and no session.
func jwt(changes ...func(*authentication.JWT)) func(*authentication.Options) {
	return func(o *authentication.Options) {
		o.Sessions = false
		o.JWT = authentication.JWT{
			Enabled: true, AccessLife: accessLife, RefreshLife: refreshLife, Grace: grace,
			AccountField: authentication.FieldID, AccountClaim: "user_id", PasswordClaim: "hash_password",
		}
		for _, change := range changes {
			change(&o.JWT)
		}
	}
}

func rotating(j *authentication.JWT)      { j.Rotate = true }
func blacklisting(j *authentication.JWT)  { j.Blacklist = true }
func onceOnly(j *authentication.JWT)      { j.Rotate, j.Blacklist, j.RevokeRotated = true, true, true }
func inFamilies(j *authentication.JWT)    { j.Rotate, j.Families = true, true }
func checkSession(j *authentication.JWT)  { j.CheckSession = true }
func checkPassword(j *authentication.JWT) { j.CheckPassword = true }

func knownBy(field authentication.AccountField) func(*authentication.JWT) {
	return func(j *authentication.JWT) { j.AccountField = field }
}

// login returns the tokens of a login with the right password.
func (w *world) login(t require.TestingT, name string) sessions.TokenPair {
	grant, err := w.SignIn(w.ctx, byName(name))
	require.NoError(t, err)
	return grant.Pair
}

// admit lets the account in with whatever password it has now.
func (w *world) admit(t require.TestingT, account *accounts.Account) sessions.TokenPair {
	account, err := w.accounts.ByID(w.ctx, account.ID())
	require.NoError(t, err)
	grant, err := w.Admit(w.ctx, authentication.Admission{Account: account})
	require.NoError(t, err)
	return grant.Pair
}

// says returns what a good token says.
func (w *world) says(t require.TestingT, token secret.String) sessions.Claims {
	claims, err := w.jwts.Verify(token, w.clock.Now())
	require.NoError(t, err)
	return claims
}

func (w *world) sign(t require.TestingT, claims sessions.Claims) secret.String {
	token, err := w.jwts.Sign(claims)
	require.NoError(t, err)
	return token
}

// foreign returns what a program with the same key says in a token of the kind.
func (w *world) foreign(kind sessions.TokenKind, rest map[string]any) sessions.Claims {
	now := w.clock.Now()
	return sessions.Claims{Kind: kind, ID: "from-another-program", IssuedAt: now, Expires: now.Add(time.Hour), Rest: rest}
}

// refresh presents the token and returns what it is refreshed to.
func (w *world) refresh(t require.TestingT, token secret.String) sessions.TokenPair {
	pair, err := w.Refresh(w.ctx, token)
	require.NoError(t, err)
	return pair
}

// refuses presents the token and wants a refusal that gives nothing.
func (w *world) refuses(t require.TestingT, token secret.String, want error) {
	pair, err := w.Refresh(w.ctx, token)
	require.Equal(t, want, err)
	require.Zero(t, pair)
}

func (w *world) family(t require.TestingT, pair sessions.TokenPair) *sessions.Family {
	family, err := w.families.ByID(w.ctx, w.says(t, pair.Refresh).Family())
	require.NoError(t, err)
	return family
}

func (w *world) revoked(t require.TestingT, token secret.String) bool {
	revoked, err := w.refreshes.Revoked(w.ctx, w.says(t, token).ID)
	require.NoError(t, err)
	return revoked
}

// changePassword does what an activity does that changes a password.
func (w *world) changePassword(t require.TestingT, account *accounts.Account, hash, keep string) {
	require.NoError(t, w.Transactor.InTx(w.ctx, func(ctx context.Context) error {
		err := w.accounts.Update(ctx, account.ID(), func(stored *accounts.Account) error {
			stored.ChangePassword(secret.New(hash))
			return nil
		})
		if err != nil {
			return err
		}
		return w.Evict(ctx, account.ID(), keep, w.clock.Now())
	}))
}

func (w *world) delete(t *testing.T, account *accounts.Account) {
	t.Helper()
	w.Accounts = without{w.Accounts, account.ID()}
}

// without is storage in which an account is gone.
type without struct {
	ports.Accounts
	gone accounts.ID
}

func (s without) ByID(ctx context.Context, id accounts.ID) (*accounts.Account, error) {
	if id == s.gone {
		return nil, accounts.ErrNotFound
	}
	return s.Accounts.ByID(ctx, id)
}

// before is a Transactor that lets something else happen before each transaction.
type before struct {
	ports.Transactor
	happens func()
}

func (b before) InTx(ctx context.Context, work func(context.Context) error) error {
	b.happens()
	return b.Transactor.InTx(ctx, work)
}

// claimsAdder adds claims to tokens.
type claimsAdder struct {
	name  string
	added map[string]any
	err   error
	asked *int
	while func()
}

func (c claimsAdder) Name() string { return c.name }

func (c claimsAdder) Claims(context.Context, *accounts.Account) (map[string]any, error) {
	if c.asked != nil {
		*c.asked++
	}
	if c.while != nil {
		c.while()
	}
	return c.added, c.err
}
