package bunsql

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

func TestWhoWaitsForATurnToReadIsHurried(t *testing.T) {
	db := migrated(t)
	brief := db.reader.brief
	for range cap(brief.turns) {
		brief.turns <- struct{}{}
	}
	hurried, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := NewRefreshTokens(db).Revoked(hurried, "unknown")
	require.ErrorIs(t, err, ports.ErrUnavailable)

	<-brief.turns
	_, err = NewRefreshTokens(db).Revoked(t.Context(), "unknown")
	require.NoError(t, err, "and gives it back")
	_, err = NewRefreshTokens(db).Revoked(t.Context(), "unknown")
	require.NoError(t, err)
}

func TestNothingIsReadForWhoHasLeft(t *testing.T) {
	left, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := NewRefreshTokens(migrated(t)).Revoked(left, "unknown")
	require.ErrorIs(t, err, context.Canceled)
}

func TestAConnectionThatWasLostIsReplacedWithoutAWord(t *testing.T) {
	db := onPostgres(t)
	db.reader.SetMaxIdleConns(1)
	tokens := NewRefreshTokens(db)
	_, err := tokens.Revoked(t.Context(), "unknown")
	require.NoError(t, err)

	conn, err := db.reader.DB.DB.Conn(t.Context())
	require.NoError(t, err)
	require.NoError(t, conn.Raw(func(raw any) error {
		return raw.(*stdlib.Conn).Conn().PgConn().Conn().Close()
	}))
	require.NoError(t, conn.Close())
	_, err = tokens.Revoked(t.Context(), "unknown")
	require.NoError(t, err)
}

func TestAnAccountIsReadThroughAPoolerAsWithoutOne(t *testing.T) {
	url := migratedURL(t)
	direct := openURL(t, url, Config{})
	ann := addAccount(t, direct, "ann")
	require.NoError(t, NewAccounts(direct).Update(t.Context(), ann.ID(), func(account *accounts.Account) error {
		account.SignedIn(now.Add(time.Microsecond))
		return nil
	}))
	want, err := NewAccounts(direct).ByID(t.Context(), ann.ID())
	require.NoError(t, err)
	require.Equal(t, now.Add(time.Microsecond), want.LastLogin())
	got, err := NewAccounts(openURL(t, url+"&default_query_exec_mode=exec", Config{})).ByID(t.Context(), ann.ID())
	require.NoError(t, err)
	require.Equal(t, want, got)
}
