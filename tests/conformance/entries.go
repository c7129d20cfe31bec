package conformance

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// Entries tests what ports.EntriesOf makes of accounts, tokens and sessions.
func Entries(t *testing.T, open Open) {
	t.Run("an entry is stored", func(t *testing.T) { entryStored(t, open(t)) })
	t.Run("an account keeps its token", func(t *testing.T) { entryKeepsToken(t, open(t)) })
	t.Run("an entry may be of one part", func(t *testing.T) { entryOfParts(t, open(t)) })
	t.Run("an account that is not as it was does not enter", func(t *testing.T) { entryRefused(t, open(t)) })
	t.Run("a session that is there is renewed", func(t *testing.T) { entryRenews(t, open(t)) })
	t.Run("an entry is rolled back as a whole", func(t *testing.T) { entryRolledBack(t, open(t)) })
	t.Run("many who enter get the same token", func(t *testing.T) { entryRace(t, open(t)) })
	t.Run("nobody changes an account that enters", func(t *testing.T) { entryLocks(t, open(t)) })
}

// enter stores the entry as a whole or not at all.
func enter(ctx context.Context, stores Stores, entry ports.Entry) (token sessions.APIToken, err error) {
	entries, atOnce := ports.EntriesOf(stores.Accounts, stores.APITokens, stores.WebSessions)
	if atOnce {
		return entries.Enter(ctx, entry)
	}
	err = stores.Transactor.InTx(ctx, func(ctx context.Context) (err error) {
		token, err = entries.Enter(ctx, entry)
		return err
	})
	return token, err
}

// full is an entry of all parts.
func full(account *accounts.Account, seed int) ports.Entry {
	return ports.Entry{
		Account: account, At: now.Add(time.Minute), Remember: true, Token: fresh(account, seed),
		Session: &sessions.WebSession{Key: secret.New(fmt.Sprintf("key%d", seed)), Account: account.ID(), Fingerprint: "f", Expires: now.Add(time.Hour)},
	}
}

func entryStored(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	entry := full(ann, 1)
	token, err := enter(t.Context(), stores, entry)
	require.NoError(t, err)
	require.Equal(t, entry.Token.Key.Reveal(), token.Key.Reveal())
	require.Equal(t, ann.ID(), token.Account)
	require.Equal(t, now, token.Created)
	owner, err := stores.APITokens.Owner(t.Context(), token.Key)
	require.NoError(t, err)
	want := ann.Snapshot()
	want.LastLogin = entry.At
	sameAccount(t, want, owner)
	session, err := stores.WebSessions.ByKey(t.Context(), entry.Session.Key, now)
	require.NoError(t, err)
	require.Equal(t, ann.ID(), session.Account)
	require.Equal(t, entry.Session.Expires, session.Expires)
	other, err := stores.Accounts.ByID(t.Context(), bob.ID())
	require.NoError(t, err)
	sameAccount(t, bob.Snapshot(), other)
}

func entryKeepsToken(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	first, err := enter(t.Context(), stores, full(ann, 1))
	require.NoError(t, err)
	second, err := enter(t.Context(), stores, full(ann, 2))
	require.NoError(t, err)
	require.Equal(t, first, second)
	_, err = stores.WebSessions.ByKey(t.Context(), secret.New("key2"), now)
	require.NoError(t, err)
}

func entryOfParts(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	for i := range 8 {
		whole := full(ann, i)
		entry := ports.Entry{Account: ann, At: whole.At, Remember: i&1 != 0}
		if i&2 != 0 {
			entry.Token = whole.Token
		}
		if i&4 != 0 {
			entry.Session = whole.Session
		}
		token, err := enter(t.Context(), stores, entry)
		require.NoError(t, err)
		require.Equal(t, entry.Token.Key.Empty(), token.Key.Empty())
		require.NoError(t, stores.APITokens.Revoke(t.Context(), ann.ID()))
		_, err = stores.WebSessions.ByKey(t.Context(), whole.Session.Key, now)
		require.Equal(t, entry.Session == nil, errors.Is(err, sessions.ErrSessionEnded))
		stored, err := stores.Accounts.ByID(t.Context(), ann.ID())
		require.NoError(t, err)
		require.Equal(t, i == 0, stored.Snapshot().LastLogin.IsZero())
	}
}

func entryRefused(t *testing.T, stores Stores) {
	changed, disabled := add(t, stores, "ann"), add(t, stores, "bob")
	require.NoError(t, setHash(stores, t.Context(), changed.ID(), "another"))
	off := disabled.Snapshot()
	off.Active = false
	require.NoError(t, stores.Accounts.Update(t.Context(), disabled.ID(), func(account *accounts.Account) error {
		*account = *accounts.Restore(off)
		return nil
	}))
	gone := accounts.New("gone", "", secret.New("x"), now)
	gone.Assign(4711)
	for i, account := range []*accounts.Account{changed, disabled, gone} {
		for _, remember := range []bool{true, false} {
			entry := full(account, i)
			entry.Remember = remember
			_, err := enter(t.Context(), stores, entry)
			require.ErrorIs(t, err, accounts.ErrNotFound)
			_, err = stores.APITokens.Owner(t.Context(), entry.Token.Key)
			require.ErrorIs(t, err, sessions.ErrTokenUnknown)
			_, err = stores.WebSessions.ByKey(t.Context(), entry.Session.Key, now)
			require.ErrorIs(t, err, sessions.ErrSessionEnded)
		}
	}
}

func entryRenews(t *testing.T, stores Stores) {
	entry := full(add(t, stores, "ann"), 1)
	_, err := enter(t.Context(), stores, entry)
	require.NoError(t, err)
	entry.Session.Expires = now.Add(2 * time.Hour)
	_, err = enter(t.Context(), stores, entry)
	require.NoError(t, err)
	session, err := stores.WebSessions.ByKey(t.Context(), entry.Session.Key, now)
	require.NoError(t, err)
	require.Equal(t, entry.Session.Expires, session.Expires)
}

func entryRolledBack(t *testing.T, stores Stores) {
	ann, no := add(t, stores, "ann"), errors.New("no")
	entry := full(ann, 1)
	require.ErrorIs(t, stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		_, err := enter(ctx, stores, entry)
		require.NoError(t, err)
		return no
	}), no)
	_, err := stores.APITokens.Owner(t.Context(), entry.Token.Key)
	require.ErrorIs(t, err, sessions.ErrTokenUnknown)
	_, err = stores.WebSessions.ByKey(t.Context(), entry.Session.Key, now)
	require.ErrorIs(t, err, sessions.ErrSessionEnded)
	stored, err := stores.Accounts.ByID(t.Context(), ann.ID())
	require.NoError(t, err)
	sameAccount(t, ann.Snapshot(), stored)
}

func entryRace(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	keys := make([]string, racers)
	for _, err := range race(racers, func(i int) error {
		token, err := enter(t.Context(), stores, full(ann, i))
		keys[i] = token.Key.Reveal()
		return err
	}) {
		require.NoError(t, err)
	}
	for _, key := range keys {
		require.Equal(t, keys[0], key)
	}
}

var errChangedMeanwhile = errors.New("the account was changed behind an entry, in its transaction")

func entryLocks(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	for _, err := range race(racers, func(i int) error {
		if i == racers/2 {
			return setHash(stores, t.Context(), ann.ID(), "another")
		}
		err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
			entry := full(ann, i)
			entry.Remember = i%2 == 0
			if _, err := enter(ctx, stores, entry); err != nil {
				return err
			}
			stored, err := stores.Accounts.ByID(ctx, ann.ID())
			if err == nil && !stored.PasswordHash().Equal(ann.PasswordHash()) {
				return errChangedMeanwhile
			}
			return err
		})
		if errors.Is(err, accounts.ErrNotFound) {
			return nil
		}
		return err
	}) {
		require.NoError(t, err)
	}
}
