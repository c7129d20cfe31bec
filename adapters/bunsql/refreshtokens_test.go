package bunsql

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

func aRefresh(id string) (secret.String, sessions.Claims) {
	at := now.Truncate(time.Second)
	return secret.New("header." + id + ".signature"),
		sessions.Claims{Kind: sessions.KindRefresh, ID: id, IssuedAt: at, Expires: at.Add(24 * time.Hour)}
}

// Whole rows, as simplejwt's for_user and blacklist write them.
func TestRefreshTokensAreRowsOfSimplejwt(t *testing.T) {
	db := migrated(t)
	tokens := NewRefreshTokens(db)
	ann := addAccount(t, db, "ann").ID()
	token, claims := aRefresh("recorded")
	require.NoError(t, tokens.Record(t.Context(), token, claims, ann))
	require.NoError(t, tokens.Revoke(t.Context(), token, claims, ann, now))
	token, claims = aRefresh("unrecorded")
	require.NoError(t, tokens.Revoke(t.Context(), token, claims, 4711, now))
	token, claims = aRefresh("nobody")
	claims.IssuedAt = time.Time{}
	require.NoError(t, tokens.Record(t.Context(), token, claims, 0))

	require.Equal(t, []string{
		fmt.Sprintf(`'header.recorded.signature'|'recorded'|'2026-03-04 05:06:07'|'2026-03-05 05:06:07'|%d`, ann),
		`'header.unrecorded.signature'|'unrecorded'|'2026-03-04 05:06:07.890123'|'2026-03-05 05:06:07'|NULL`,
		`'header.nobody.signature'|'nobody'|NULL|'2026-03-05 05:06:07'|NULL`,
	}, texts(t, db, `SELECT quote(token)||'|'||quote(jti)||'|'||quote(created_at)||'|'||quote(expires_at)||'|'||quote(user_id)
		FROM token_blacklist_outstandingtoken ORDER BY id`))
	require.Equal(t, []string{`recorded|'2026-03-04 05:06:07.890123'`, `unrecorded|'2026-03-04 05:06:07.890123'`},
		texts(t, db, `SELECT jti||'|'||quote(blacklisted_at) FROM token_blacklist_blacklistedtoken AS b
			JOIN token_blacklist_outstandingtoken AS o ON o.id = token_id ORDER BY b.id`))
}

func TestATokenThatDjangoRevokedIsWorthless(t *testing.T) {
	db := migrated(t)
	tokens := NewRefreshTokens(db)
	execute(t, db, `INSERT INTO token_blacklist_outstandingtoken (id, token, jti, expires_at)
		VALUES (7, 'a.b.c', 'django', '2026-12-01 00:00:00')`)
	revoked, err := tokens.Revoked(t.Context(), "django")
	require.NoError(t, err)
	require.False(t, revoked)
	execute(t, db, `INSERT INTO token_blacklist_blacklistedtoken (token_id, blacklisted_at) VALUES (7, '2026-11-01 00:00:00')`)
	revoked, err = tokens.Revoked(t.Context(), "django")
	require.NoError(t, err)
	require.True(t, revoked)
	token, claims := aRefresh("django")
	require.ErrorIs(t, tokens.Revoke(t.Context(), token, claims, 0, now), sessions.ErrJWTRevoked)
	require.Equal(t, []string{`'2026-11-01 00:00:00'`},
		texts(t, db, `SELECT quote(blacklisted_at) FROM token_blacklist_blacklistedtoken`))
}

// Django or an operator deletes an account: it makes the tokens nobody's, and does
// not know the table of the families.
func TestAnAccountWithFamiliesCanBeDeletedFromOutside(t *testing.T) {
	db := migrated(t)
	ann := addAccount(t, db, "ann").ID()
	token, claims := aRefresh("a")
	require.NoError(t, NewRefreshTokens(db).Record(t.Context(), token, claims, ann))
	family := &sessions.Family{ID: "f", Account: ann, Began: now, Current: claims.Link()}
	require.NoError(t, NewFamilies(db).Add(t.Context(), family))
	execute(t, db, `UPDATE token_blacklist_outstandingtoken SET user_id = NULL WHERE user_id = $1`, int64(ann))
	execute(t, db, `DELETE FROM auth_user WHERE id = $1`, int64(ann))

	require.NoError(t, NewRefreshTokens(db).Revoke(t.Context(), token, claims, ann, now))
	deleted, err := NewCleaner(db).Clean(t.Context(), now, now, 10)
	require.NoError(t, err)
	require.Equal(t, 1, deleted)
	require.Empty(t, texts(t, db, `SELECT id FROM latchkey_family`))
	revoked, err := NewRefreshTokens(db).Revoked(t.Context(), "a")
	require.NoError(t, err)
	require.True(t, revoked)
}

func TestFamiliesAreWrittenInDjangosForm(t *testing.T) {
	db := migrated(t)
	_, claims := aRefresh("current")
	family := sessions.Family{ID: "f", Account: accounts.ID(7), Began: now, Ended: now, Current: claims.Link(), Previous: "previous"}
	require.NoError(t, NewFamilies(db).Add(t.Context(), &family))
	require.Equal(t, []string{`7|'2026-03-04 05:06:07.890123'|'2026-03-04 05:06:07.890123'|'2026-03-04 05:06:07'|'2026-03-05 05:06:07'|'2026-03-05 05:06:07'`},
		texts(t, db, `SELECT account_id||'|'||quote(began)||'|'||quote(ended)||'|'||quote(current_issued)||'|'||quote(current_expires)||'|'||quote(expires)
			FROM latchkey_family`))
}

// A token signed by another program with our key may say that it lasts longer
// than texts of times can tell.
func TestATokenWithoutAnEndStaysRevoked(t *testing.T) {
	db := migrated(t)
	token, claims := aRefresh("endless")
	claims.Expires = time.Date(12000, time.January, 1, 0, 0, 0, 0, time.UTC)
	require.NoError(t, NewRefreshTokens(db).Revoke(t.Context(), token, claims, 0, now))
	require.NoError(t, NewFamilies(db).Add(t.Context(), &sessions.Family{ID: "f", Began: now, Current: claims.Link()}))
	deleted, err := NewCleaner(db).Clean(t.Context(), now.AddDate(1000, 0, 0), now, 10)
	require.NoError(t, err)
	require.Zero(t, deleted)
	family, err := NewFamilies(db).ByID(t.Context(), "f")
	require.NoError(t, err)
	require.Equal(t, lastTime, family.Current.Expires)
}

func TestEveryRequestsLookupsArePrepared(t *testing.T) {
	db := migrated(t)
	for range 2 {
		_, err := NewRefreshTokens(db).Revoked(t.Context(), "unknown")
		require.NoError(t, err)
		_, err = NewFamilies(db).ByID(t.Context(), "unknown")
		require.ErrorIs(t, err, sessions.ErrJWTRevoked)
	}
	for _, query := range []string{countBlacklisted, selectFamily} {
		_, prepared := db.reader.brief.statements.Load(query)
		require.True(t, prepared, query)
	}
}

func rotate(ctx context.Context, db *DB, i int) (turn sessions.Turn, err error) {
	presented, claims := aRefresh(fmt.Sprintf("%032d", i))
	next, successor := aRefresh(fmt.Sprintf("%032d", i+1))
	err = NewTransactor(db).InTx(ctx, func(ctx context.Context) error {
		err := NewFamilies(db).Update(ctx, "f", func(family *sessions.Family) error {
			turn = family.Present(claims.ID, successor.Link(), time.Minute, now)
			return nil
		})
		if err != nil {
			return err
		}
		if err := NewRefreshTokens(db).Revoke(ctx, presented, claims, 1, now); err != nil {
			return err
		}
		return NewRefreshTokens(db).Record(ctx, next, successor, 1)
	})
	return turn, err
}

func TestRotationsFollowEachOther(t *testing.T) {
	db := migrated(t)
	addAccount(t, db, "ann")
	_, claims := aRefresh(fmt.Sprintf("%032d", 0))
	require.NoError(t, NewFamilies(db).Add(t.Context(), &sessions.Family{ID: "f", Account: 1, Began: now, Current: claims.Link()}))
	for i := range 3 {
		turn, err := rotate(t.Context(), db, i)
		require.NoError(t, err)
		require.Equal(t, sessions.TurnRotated, turn)
	}
	require.Equal(t, []string{"4"}, texts(t, db, `SELECT COUNT(*) FROM token_blacklist_outstandingtoken`))
	require.Equal(t, []string{"3"}, texts(t, db, `SELECT COUNT(*) FROM token_blacklist_blacklistedtoken`))
}
