package bunsql

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

func BenchmarkOwnerOfToken(b *testing.B) {
	db := migrated(b)
	tokens := NewAPITokens(db)
	var keys []secret.String
	for i := range 100 {
		account := addAccount(b, db, fmt.Sprint("user", i))
		key := secret.New(fmt.Sprintf("%040x", i))
		_, err := tokens.Issue(b.Context(), sessions.APIToken{Key: key, Account: account.ID(), Created: now})
		require.NoError(b, err)
		keys = append(keys, key)
	}
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			if _, err := tokens.Owner(context.Background(), keys[i%len(keys)]); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkInTxUpdate(b *testing.B) {
	db := migrated(b)
	id := addAccount(b, db, "ann").ID()
	for b.Loop() {
		err := NewTransactor(db).InTx(b.Context(), func(ctx context.Context) error {
			return NewAccounts(db).Update(ctx, id, func(account *accounts.Account) error {
				account.SignedIn(now)
				return nil
			})
		})
		require.NoError(b, err)
	}
}

func BenchmarkInTxEmpty(b *testing.B) {
	transactor := NewTransactor(migrated(b))
	for b.Loop() {
		require.NoError(b, transactor.InTx(b.Context(), func(context.Context) error { return nil }))
	}
}

func BenchmarkTake(b *testing.B) {
	limits := NewLimits(migrated(b))
	for i := 0; b.Loop(); i++ {
		limit := credentials.Limit{Count: 5, Per: time.Minute}
		_, err := limits.Take(b.Context(), "key", now.Add(time.Duration(i)*time.Second), limit)
		require.NoError(b, err)
	}
}

func BenchmarkRevoked(b *testing.B) {
	db := migrated(b)
	tokens := NewRefreshTokens(db)
	var ids []string
	for i := range 100 {
		token, claims := aRefresh(fmt.Sprintf("%032d", i))
		require.NoError(b, tokens.Record(b.Context(), token, claims, 0))
		if i%2 == 0 {
			require.NoError(b, tokens.Revoke(b.Context(), token, claims, 0, now))
		}
		ids = append(ids, claims.ID)
	}
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			if _, err := tokens.Revoked(context.Background(), ids[i%len(ids)]); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkFamilyByID(b *testing.B) {
	families := NewFamilies(migrated(b))
	_, claims := aRefresh("current")
	require.NoError(b, families.Add(b.Context(), &sessions.Family{ID: "f", Began: now, Current: claims.Link()}))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := families.ByID(context.Background(), "f"); err != nil {
				b.Error(err)
			}
		}
	})
}

// A whole refresh: the family moves on, the old token is revoked, the new one recorded.
func BenchmarkRotation(b *testing.B) {
	db := migrated(b)
	addAccount(b, db, "ann")
	_, claims := aRefresh(fmt.Sprintf("%032d", 0))
	require.NoError(b, NewFamilies(db).Add(b.Context(), &sessions.Family{ID: "f", Account: 1, Began: now, Current: claims.Link()}))
	for i := 0; b.Loop(); i++ {
		_, err := rotate(b.Context(), db, i)
		require.NoError(b, err)
	}
}

func BenchmarkStart(b *testing.B) {
	folder := b.TempDir()
	require.NoError(b, openIn(b, folder, Config{}).Migrate(b.Context()))
	for b.Loop() {
		db := openIn(b, folder, Config{})
		require.NoError(b, db.Migrate(b.Context()))
		require.NoError(b, db.Close())
	}
}

// Each name is one more of the same alphabet and length.
func BenchmarkAddNamesBeyondASCII(b *testing.B) {
	db := migrated(b)
	for i := 0; b.Loop(); i++ {
		addAccount(b, db, fmt.Sprintf("иванова%06d", i))
	}
}
